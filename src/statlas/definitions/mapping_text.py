"""A proposed mapping plan as YAML that a person can read on, and written into a definition.

Lines that are sure enough are written as they count; what is a guess, and what nothing was found for, stands beside
them as comments, to be decided by hand.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from statlas.definitions.drafting.yaml_lines import comment, text
from statlas.definitions.reading import read
from statlas.errors import DataError
from statlas.model.classification import Node
from statlas.model.map_matching import Confidence
from statlas.model.map_proposing import CodeLine, FieldLine, MeasureLine, Proposal

_TITLE = "# What became of names of the release before, so that saved tables are carried over."
_READ = "Read every line: a name that stays may be of another place. Comments do not count."
_SUFFIX = ".mapping-new"


def mapping_text(proposal: Proposal, least: Confidence = Confidence.LIKELY) -> str:
    """The key ``mapping:`` with its lines, each with how sure it is and why; lines below ``least`` are comments.

    Where no line counts, all of it is a comment.
    """
    lines = [
        _Line(0, "mapping:", counts=bool(proposal.plan(least))),
        *_fields(proposal, least),
        *_head(2, "measures:", [*_measures(proposal, least)]),
    ]
    heads = (_TITLE, *comment(_READ))
    return "\n".join((*heads, *(line.written(lines[0].counts) for line in lines))) + "\n"


def write_mapping(definition: Path, proposal: Proposal, least: Confidence = Confidence.LIKELY) -> None:
    """Put the plan at the end of a definition file, whose other text stays as it is.

    Raises:
        DataError: the definition has a mapping already, or the plan cannot be put there.
        DefinitionError: the definition has faults.
        OSError: the file cannot be written.
    """
    path = definition.resolve()
    before = read(path)
    if before.mapping:
        raise DataError(
            f"{definition.name} has a mapping already.",
            mend="Write the proposal to a file with --out, and put what is missing in by hand.",
        )
    if not proposal.plan(least):
        raise DataError("Nothing is sure enough to be written.", mend="Take guesses too, or write the plan by hand.")
    whole = path.read_bytes()
    added = mapping_text(proposal, least).encode()
    beside = path.with_name(f".{path.name}{_SUFFIX}")
    try:
        beside.write_bytes((whole if whole.endswith(b"\n") else whole + b"\n") + b"\n" + added)
        if read(beside).mapping != proposal.plan(least):
            raise DataError(f"{definition.name} does not take a mapping at its end.", mend="Put it in by hand.")
        shutil.copymode(path, beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


# --- lines ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Line:
    """A line of the text; ``counts`` is off for a comment."""

    indent: int
    text: str
    counts: bool

    def written(self, any_counts: bool) -> str:  # noqa: FBT001 - as the plan is
        margin = " " * self.indent
        if not any_counts:
            return f"# {margin}{self.text}"
        return f"{margin}{self.text}" if self.counts else f"{margin}# {self.text}"


def _fields(proposal: Proposal, least: Confidence) -> Iterator[_Line]:
    names = dict.fromkeys((*(one.field for one in proposal.fields), *(one.field for one in proposal.codes)))
    yield from _head(2, "fields:", [line for name in names for line in _field(proposal, name, least)])


def _field(proposal: Proposal, name: str, least: Confidence) -> list[_Line]:
    mine = [one for one in proposal.fields if one.field == name]
    codes = [one for one in proposal.codes if one.field == name]
    lines = [
        *(_line(6, f"to: {_or_none(one.now)}", one, least) for one in mine if not one.level),
        *_head(6, "levels:", [_line(8, _pair(one.level, one.now), one, least) for one in mine if one.level]),
        *_head(6, "codes:", [_line(8, f"{_node(one.node)}: {_nodes(one)}", one, least) for one in codes]),
    ]
    return _head(4, f"- field: {text(name)}", lines)


def _measures(proposal: Proposal, least: Confidence) -> Iterator[_Line]:
    for one in proposal.measures:
        yield _line(4, _pair(one.measure, one.now), one, least)


def _head(indent: int, head: str, lines: list[_Line]) -> list[_Line]:
    """Lines below a head, which counts where one of them does; nothing where there are none."""
    return [_Line(indent, head, any(line.counts for line in lines)), *lines] if lines else []


def _line(indent: int, said: str, one: FieldLine | CodeLine | MeasureLine, least: Confidence) -> _Line:
    label = f"{one.label}, " if isinstance(one, CodeLine) and one.label else ""
    why = " ".join(
        word for line in comment(f"{label}{one.confidence.word}: {one.why}", mark="") for word in line.split()
    )
    return _Line(indent, f"{said}  # {why}", one.confidence >= least and (bool(one.now) or isinstance(one, CodeLine)))


def _pair(old: str, new: str) -> str:
    return f"{text(old)}: {_or_none(new)}"


def _or_none(name: str) -> str:
    return text(name) if name else "..."


def _nodes(code: CodeLine) -> str:
    if len(code.now) == 1:
        return _node(code.now[0])
    return f"[{', '.join(map(_node, code.now))}]"


def _node(node: Node) -> str:
    return text(f"{node.valueset}:{node.code}")
