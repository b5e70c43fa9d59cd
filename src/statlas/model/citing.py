"""How to cite a table: as a sentence, for BibTeX, and as RIS; from what the cube says of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from statlas.model import words
from statlas.model.cells import CubeContent
from statlas.model.query_data import digest_of
from statlas.wording import _


@dataclass(frozen=True)
class Citation:
    """What a citation of a table names.

    author: who publishes. source: where the numbers come from, as the database says. published: ISO 8601.
    digest: of the query as answered, its release included: whoever asks it again gets these numbers.
    """

    author: str
    source: str
    title: str
    database: str
    release: str
    published: str
    digest: str
    url: str
    licence: str
    synthetic: bool = False
    version: str = ""

    @property
    def _release(self) -> str:
        """The release with its version: *4 (version 2.0.0)*."""
        return (
            _("{release} (version {version})").format(release=self.release, version=self.version)
            if self.version
            else self.release
        )

    @property
    def text(self) -> str:
        """One sentence after another: who, when, what, where."""
        parts = (
            f"{self.author} ({self.published[:4]})" if self.author else f"({self.published[:4]})",
            self.title,
            _("{database}, release {release}, published {day}").format(
                database=self.database, release=self._release, day=words.day(self.published)
            ),
            _("Source: {source}").format(source=self.source) if self.source else "",
            _("Synthetic: these numbers are made up") if self.synthetic else "",
            self.licence,
            _("Query {digest}").format(digest=self.digest[:16]),
            self.url,
        )
        return ". ".join(part.rstrip(".") for part in parts if part)

    @property
    def bibtex(self) -> str:
        """An entry ``@misc`` for BibTeX and BibLaTeX."""
        fields = {
            "author": f"{{{_tex(self.author)}}}" if self.author else "",
            "title": f"{{{_tex(self.title)}}}",
            "year": self.published[:4],
            "month": self.published[5:7].lstrip("0"),
            "howpublished": _("{database}, release {release}").format(
                database=_tex(self.database), release=_tex(self._release)
            ),
            "note": _tex(self._note),
            "url": self.url,
        }
        said = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
        return f"@misc{{statlas-{self.digest[:12]},\n{said}\n}}\n"

    @property
    def ris(self) -> str:
        """A record of type *dataset* in RIS, which reference managers read."""
        lines = (
            ("TY", "DATA"),
            ("AU", self.author),
            ("TI", self.title),
            ("T2", self.database),
            ("ET", self._release),
            ("PY", self.published[:4]),
            ("DA", self.published[:10].replace("-", "/")),
            ("UR", self.url),
            ("N1", self._note),
            ("ER", ""),
        )
        kept = ((name, " ".join(value.split())) for name, value in lines if value or name == "ER")
        return "".join(f"{name}  - {value}\r\n" for name, value in kept)

    @property
    def _note(self) -> str:
        parts = (
            _("Source: {source}").format(source=self.source) if self.source else "",
            _("Synthetic: these numbers are made up") if self.synthetic else "",
            self.licence,
            _("Query {digest}").format(digest=self.digest),
        )
        return ". ".join(part.rstrip(".") for part in parts if part)


def citation_of(cube: CubeContent, title: str, url: str, publisher: str = "") -> Citation:
    """The citation of a table under its title and permanent address; ``publisher`` is who publishes it."""
    return Citation(
        publisher,
        cube.source,
        title,
        cube.database_label,
        cube.release,
        cube.released,
        digest_of(cube.query),
        url,
        words.licence(cube.licence).name,
        cube.synthetic,
        cube.version,
    )


def _tex(text: str) -> str:
    """Text in which TeX finds no command."""
    plain = text.replace("\\", "\\textbackslash ")
    return re.sub(r"([#$%&_{}])", r"\\\1", plain).replace("~", "\\textasciitilde ").replace("^", "\\textasciicircum ")
