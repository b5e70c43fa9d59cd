"""How many live in each area of a geography, from a population file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from statlas.definitions.code_files import Files, SizeRow
from statlas.definitions.field_form import PopulationForm
from statlas.definitions.findings import Place, listed
from statlas.model.classification import Classification, Node
from statlas.model.database import Population
from statlas.model.faults import Fault

_FIRST = 5


def population_of(
    form: PopulationForm, classification: Classification | None, files: Files, place: Place
) -> Population | None:
    """The population of a geography's areas; None, with findings, if its file has faults.

    A row without a level is of the area of that code at every level that has it; codes that the geography lacks are
    passed over, so that one file serves databases of several geographies.
    """
    rows = files.sizes(form.file, form.of, (*place, "file"))
    if rows is None or classification is None:
        return None
    _note(files, form, "level", _unknown_level(rows, classification), "unknown-level", _levels(classification))
    _note(files, form, form.of, [r for r in rows if r.size < 0], "bad-value", "numbers from 0")
    found: dict[Node, int] = {}
    again = []
    for row in rows:
        for node in _nodes(row, classification):
            again += [row] if node in found else []
            found[node] = row.size
    _note(files, form, "code", again, "duplicate", "each area once")
    if not found:
        words = "codes of the geography in the column 'code'"
        files.findings.add((*place, "file"), "unknown-code", words, "Check that it is the right file.")
    return Population(form.of, tuple(found.items()))


def _levels(classification: Classification) -> str:
    return f"levels of the geography: {listed(valueset.id for valueset in classification)}"


def _unknown_level(rows: Sequence[SizeRow], classification: Classification) -> list[SizeRow]:
    return [row for row in rows if row.level is not None and row.level not in classification]


def _nodes(row: SizeRow, classification: Classification) -> Iterator[Node]:
    for valueset in classification:
        if row.level in (None, valueset.id) and row.code in valueset:
            yield Node(valueset.id, row.code)


def _note(files: Files, form: PopulationForm, column: str, rows: Sequence[SizeRow], code: str, expected: str) -> None:
    if rows:
        at = tuple(row.row for row in rows[:_FIRST])
        fault = Fault(code, form.file, f"{expected}.", "Mend the rows.", column=column, rows=at, count=len(rows))
        files.findings.take([fault])
