"""What of a page has not passed through the catalogue of wording: shown by the pseudo-language ``en-XA``.

In it every sentence of ours stands in white square brackets. What a reader sees or hears outside of them was forgotten,
unless it is data (labels, codes, numbers) or code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from statlas.model.classification import Valueset
from statlas.model.database import Database

OPEN, CLOSE = "⟦", "⟧"

_UNREAD = frozenset({"script", "style", "code", "pre", "kbd", "samp", "template"})
_WITHIN = ("mark",)
"""Elements that part no text."""
_SAID = ("alt", "title", "aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "placeholder")
_ADDRESS = re.compile(r"\[[a-z]{1,3}\]|(?:\w+://|www\.|mailto:)\S+|\S+@\S+|(?<!\w)[/#.]\S*")
_WORD = re.compile(r"[^\W\d_]{2,}")
_NAMES = (
    *("Statlas", "Open Data API", "Open Government Licence v3.0", "Python", "R", "JavaScript"),
    *("Terminal (curl)", "curl", "Power Query (Excel, Power BI)", "Excel", "Power BI"),
    *("CSV", "JSON", "JSON-stat", "XLSX", "ODS", "SDMX", "XML", "Parquet", "PX", "SVG", "PNG", "PDF", "BibTeX", "RIS"),
)
"""Names that are the same in every language."""


def untranslated(html: str, labels: Iterable[str] = ()) -> list[str]:
    """What a page in ``en-XA`` says outside of brackets, in its order: whole texts and attributes that hold such words.

    labels: data of the page, which are not translated (found in any case, longest first).
    A bracket that is opened and never closed is told too: what follows it would be hidden.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    known = _known(labels)
    found = [said for said, outside in reader.said if _WORD.search(known.sub(" ", _ADDRESS.sub(" ", outside)))]
    return found if reader.depth == 0 else [*found, f"{OPEN} without {CLOSE}"]


def _known(labels: Iterable[str]) -> re.Pattern[str]:
    texts = sorted({" ".join(label.split()) for label in (*labels, *_NAMES) if label.strip()}, key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(text)}(?!\w)" for text in texts), re.IGNORECASE)


class _Reader(HTMLParser):
    """Notes every text that is said, with what of it stands outside of brackets."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[tuple[str, str]] = []
        self.depth = 0
        self._text = ""
        self._unread: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _WITHIN:
            return
        self._end_text()
        given = {name: value or "" for name, value in attrs}
        is_unread = tag in _UNREAD or given.get("translate") == "no"
        if self._unread:
            self._unread += [tag] if tag == self._unread[0] else []
        elif not is_unread:
            self._attributes(tag, given)
        elif tag not in ("input", "img", "br", "meta", "link"):
            self._unread.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._end_text()
        if not self._unread:
            self._attributes(tag, {name: value or "" for name, value in attrs})

    def handle_endtag(self, tag: str) -> None:
        if tag in _WITHIN:
            return
        self._end_text()
        if self._unread and tag == self._unread[-1]:
            self._unread.pop()

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self._text += data

    def close(self) -> None:
        super().close()
        self._end_text()

    def _end_text(self) -> None:
        data, self._text = self._text, ""
        if data.strip():
            outside, self.depth = _outside(data, self.depth)
            self._note(data, outside)

    def _attributes(self, tag: str, given: dict[str, str]) -> None:
        names = [*_SAID, *(["label"] if tag in ("option", "optgroup", "track") else [])]
        if tag == "input" and given.get("type") in ("submit", "button", "reset"):
            names.append("value")
        if tag == "meta" and given.get("name") == "description":
            names.append("content")
        for name in names:
            self._note(given.get(name, ""), _outside(given.get(name, ""), 0)[0])

    def _note(self, said: str, outside: str) -> None:
        if outside.strip():
            self.said.append((" ".join(said.split()), " ".join(outside.split())))


def _outside(text: str, depth: int) -> tuple[str, int]:
    """What of a text stands outside of brackets that may have been opened before it, and how many are open after."""
    parts: list[str] = []
    for mark, between in _marked(text):
        depth = max(0, depth + {OPEN: 1, CLOSE: -1}.get(mark, 0))
        parts += [between] if depth == 0 else []
    return " ".join(parts), depth


def _marked(text: str) -> Iterator[tuple[str, str]]:
    """Each bracket with the text after it; the text before the first has no bracket."""
    parts = re.split(f"([{OPEN}{CLOSE}])", text)
    yield "", parts[0]
    yield from zip(parts[1::2], parts[2::2], strict=True)


def labels_of(database: Database) -> tuple[str, ...]:
    """Every text of a database that is data: what publishers wrote, and the names of its periods."""
    texts = [database.label, database.description, database.source, database.methodology, *database.folder]
    texts += [database.quality]
    texts += [database.records.label, database.records.unit, database.contact.name]
    texts += [database.calendar.label_of(period) for period in database.periods]
    texts += [note.text for note in database.annotations] + [table.title for table in database.tables]
    for measure in database.measures:
        texts += [measure.label, measure.description, measure.unit]
    for field in database.fields:
        texts += [field.label, field.group, field.description]
        texts += [label for valueset in field.classification for label in (valueset.label, *_labels(valueset))]
    return tuple(dict.fromkeys(text for text in texts if text))


def _labels(valueset: Valueset) -> Iterator[str]:
    return (code.label for code in valueset)
