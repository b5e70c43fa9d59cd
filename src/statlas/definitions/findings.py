"""Gathering every mistake of one definition with its place and line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from statlas.model.faults import Fault, FaultReport

#: Where in a definition: keys and positions from the top, ``("fields", 2, "levels", 0, "codes")``.
Place = tuple[str | int, ...]


@dataclass
class Findings:
    """The mistakes found so far in one file; ``lines`` gives the line of every place."""

    file: str
    lines: dict[Place, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def add(self, place: Place, code: str, expected: str, mend: str = "", *, line: int | None = None) -> None:
        """A mistake at a place; its line is that of the nearest place that stands in the file."""
        at = line or self.line(place)
        self.faults.append(Fault(code, self.file, f"{expected}.", mend, path=written(place), rows=(at,) if at else ()))

    def at_line(self, line: int, code: str, expected: str, mend: str = "") -> None:
        """A mistake of the text itself."""
        self.faults.append(Fault(code, self.file, f"{expected}.", mend, rows=(line,)))

    def take(self, faults: Iterable[Fault]) -> None:
        """Faults of another file, such as a code list."""
        self.faults.extend(faults)

    def line(self, place: Place) -> int | None:
        """The line of a place, or of the nearest one above it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place)

    @property
    def report(self) -> FaultReport:
        """What was found, each once, by line."""
        once = tuple(dict.fromkeys(self.faults))
        own = sorted((f for f in once if f.file == self.file), key=lambda f: f.rows[:1] or (0,))
        return FaultReport((*own, *(f for f in once if f.file != self.file)))


def written(place: Place) -> str:
    """A place as text: ``fields[2].levels[0].codes``."""
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """*Is it 'folder'?* if something known is near, else ``otherwise``."""
    folded = {word.casefold(): word for word in known}
    near = get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return f"Is it {folded[near[0]]!r}?" if near else otherwise


def listed(names: Iterable[str], most: int = 12) -> str:
    """Names with commas, the rest as a number."""
    names = list(names)
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
