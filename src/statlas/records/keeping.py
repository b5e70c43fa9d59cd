"""Whether the records of an earlier release can be kept under a changed definition.

A file says what it was made from: its leaves, the precision of its amounts and weights, what its keys come from, and
how its fields were derived.
What today's definition reads otherwise must be published again, period by period.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from statlas.model.database import Database, Field
from statlas.model.faults import Fault, FaultReport
from statlas.records import layout
from statlas.records.checking import limited_positions, within
from statlas.records.encoding import leaves_of
from statlas.records.opening import PeriodRecords, open_period

_AGAIN = "Publish the records of this period again."


def check_kept(path: Path, database: Database) -> FaultReport:
    """What keeps the encoded records of a period from being read as records of ``database``.

    Only codes that records have are looked at: a code may go that nobody used.

    Raises:
        HomeError: the file is missing or damaged.
    """
    opened = open_period(path, database)
    found = list(_found(opened)) or list(_of_impossible(opened))
    return FaultReport(tuple(Fault("republish", opened.period, text, _AGAIN, path=place) for place, text in found))


def _found(opened: PeriodRecords) -> Iterator[tuple[str, str]]:
    before, today = opened.header, layout.header(opened.database, opened.period)
    if before.keys != today.keys:
        yield "records.unit_id", f"record keys made from the {today.keys}; those kept are made from the {before.keys}."
    if today.weights not in (None, before.weights):
        yield "weight", "weights of one precision and so many replicates; the records kept have others, or none."
    for number, field in enumerate(opened.database.categories):
        place = f"fields[{number}]"
        if field.id not in before.leaves:
            yield place, f"{field.id} in every period; the records kept do not have it."
        elif before.derivations.get(field.id) != today.derivations.get(field.id):
            yield place, f"{field.id} derived alike in every period; the records kept are derived otherwise."
        else:
            yield from ((place, text) for text in _of_field(opened, field))
    for number, measure in enumerate(opened.database.measures):
        if before.precisions.get(measure.id) != measure.precision:
            text = f"{measure.id} with {measure.precision} decimals; the records kept have no such amounts."
            yield f"measures[{number}]", text


def _of_impossible(opened: PeriodRecords) -> Iterator[tuple[str, str]]:
    """What impossible combinations do records have all the same; asked once their fields are known to be readable."""
    database = opened.database
    for number, impossible in enumerate(database.impossible):
        fields = {field_id: database.field(field_id) for field_id, _ in impossible.where}
        if not all(layout.is_collected(field, opened.period) for field in fields.values()):
            continue
        met = np.ones(opened.n_rows, np.bool_)
        for field_id, nodes in impossible.where:
            held = np.isin(opened.translation(field_id), leaves_of(fields[field_id], nodes))
            met &= held[opened.positions(field_id)]
        if met.any():
            text = f"no record with these codes of {' and '.join(fields)} together; records kept have them."
            yield f"impossible[{number}]", text


def _of_field(opened: PeriodRecords, field: Field) -> Iterator[str]:
    limits = limited_positions(field) if layout.is_collected(field, opened.period) else {}
    if opened.is_current(field.id) and not limits:
        return
    used = np.unique(opened.translation(field.id)[np.unique(opened.positions(field.id))]).tolist()
    if -1 in used:
        yield f"codes of {field.id} that the definition has; records kept have some that are no finest codes any more."
    if any(not within(opened.period, limits.get(position)) for position in used):
        yield f"codes of {field.id} that exist in {opened.period}; records kept have some that do not."
