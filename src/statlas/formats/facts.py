"""What every file says of its table beside the numbers: title, source, release, licence, protection, symbols, notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from statlas.model import words
from statlas.model.about import About
from statlas.model.cells import DERIVED_STATISTICS, CubeContent
from statlas.model.legend import blocked_by, legend
from statlas.wording import _, later

SYNTHETIC = later("These numbers are made up: nobody is in them.")


class Fact(NamedTuple):
    """One thing to say: ``Fact("licence", "Licence", "Open Government Licence v3.0")``."""

    name: str
    label: str
    text: str


def facts(cube: CubeContent, about: About) -> tuple[Fact, ...]:
    """Everything to say but symbols and notes; what is empty is left out."""
    return tuple(fact for fact in _facts(cube, about) if fact.text)


def _facts(cube: CubeContent, about: About) -> Iterator[Fact]:
    licence = words.licence(cube.licence)
    yield Fact("title", _("Title"), about.title)
    yield Fact("subtitle", _("Shown"), about.subtitle)
    yield Fact("synthetic", _("Synthetic"), _(SYNTHETIC) if cube.synthetic else "")
    yield Fact("database", _("Database"), f"{cube.database_label} ({cube.database})")
    yield Fact("source", _("Source"), cube.source)
    yield Fact("release", _("Release"), cube.release)
    yield Fact("version", _("Version"), cube.version)
    yield Fact("released", _("Published"), words.day(cube.released))
    yield Fact("made", _("File made"), about.made if about.made != cube.released else "")
    yield Fact("contact", _("Contact"), about.contact)
    yield Fact("licence", _("Licence"), licence.name)
    yield Fact("licence_address", _("Text of the licence"), licence.url)
    yield Fact("attribution", _("Attribution"), attribution(cube))
    yield Fact("link", _("This table on the web"), about.link)
    yield Fact("protection", _("Protection"), " ".join(protection(cube)))
    yield Fact("digest", _("Digest of the query"), about.digest)


def attribution(cube: CubeContent) -> str:
    """How to name the source, as the licence asks; empty where we do not know how."""
    if cube.licence != "OGL-UK-3.0":
        return ""
    return _("Contains public sector information licensed under the Open Government Licence v3.0.")


def protection(cube: CubeContent) -> tuple[str, ...]:
    """How the numbers are protected, in sentences."""
    has_amounts = any(m.statistic not in {"COUNT", *DERIVED_STATISTICS} for m in cube.measures)
    return words.protection(cube.threshold, cube.noise_sd, cube.n_min_magnitude if has_amounts else 0)


def remarks(cube: CubeContent) -> tuple[Fact, ...]:
    """The symbols that occur, then the rules that hide something, then the notes: marker in brackets, and text."""
    symbols = [Fact("symbol", mark, _sentence(text)) for mark, text in legend(cube)]
    rules = [Fact("rule", "[c]", text) for text in blocked_by(cube)]
    keys = dict.fromkeys((*cube.database_annotations, *cube.annotations))
    notes = [Fact("note", words.note_mark(key), cube.annotations[key]) for key in keys if key in cube.annotations]
    return (*symbols, *rules, *notes)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def in_one_line(cube: CubeContent, about: About) -> str:
    """Everything in one text, parts apart by bars, for a file that has room for no more."""
    said = [f"{fact.label}: {fact.text}" for fact in facts(cube, about)]
    said += [f"{fact.label} {fact.text}" for fact in remarks(cube)]
    return " | ".join(" ".join(part.split()) for part in said)
