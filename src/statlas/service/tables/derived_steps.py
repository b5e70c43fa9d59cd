"""The derived numbers of a query with their names resolved: which measure, which items each is made of.

Everything that makes no sense is refused here, before a record is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from statlas.disclosure.derived import refuse_unless_added_up
from statlas.engine.measures import resolve_measures
from statlas.errors import QueryError
from statlas.model.arithmetic import MAX_DECIMALS, parse
from statlas.model.classification import Node
from statlas.model.database import Database
from statlas.model.derived import Derived, Formula, Percentage, Rank
from statlas.model.query import Query
from statlas.service.tables.naming_items import nodes_of
from statlas.wording import _

MOST_DERIVED = 12
"""Derived numbers of one query, arbitrary: each is as large as the table."""


@dataclass(frozen=True)
class Step:
    """One derived number with its names resolved.

    asked: with fields by their ids.
    measure: canonical id of the measure that it is worked out from; empty for formulas.
    measures: for each name in a formula over measures the canonical id; items: over items their nodes.
    """

    asked: Derived
    measure: str = ""
    measures: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, tuple[Node, ...]] = field(default_factory=dict)


def steps_of(database: Database, asked: Query, wanted: Sequence[Derived], *, exact: bool) -> tuple[Step, ...]:
    """The derived numbers of a query, in their order.

    Args:
        asked: the query as it is answered: every item listed, measures by their canonical ids.
        exact: whether the policy is open, under which any percentile may be asked.

    Raises:
        QueryError: one makes no sense for the table, or is asked twice.
        UnknownNameError: one names a measure, field or code that is not there.
    """
    if len(wanted) > MOST_DERIVED:
        raise QueryError(
            _("{n} derived numbers are asked; {most_derived} are worked out at once.").format(
                n=len(wanted), most_derived=MOST_DERIVED
            ),
            mend=_("Ask for them in several tables."),
        )
    steps = tuple(_step(database, asked, one, exact=exact) for one in wanted)
    told = [_told_apart_by(step) for step in steps]
    for one in told:
        if told.count(one) > 1:
            raise QueryError(_("A derived number is asked twice."), mend=_("Ask for each once; give formulas labels."))
    return steps


def _told_apart_by(step: Step) -> object:
    """A formula by its label, as that is how it is read."""
    return step.asked.label if isinstance(step.asked, Formula) else replace(step.asked, measure=step.measure)


def _step(database: Database, asked: Query, one: Derived, *, exact: bool) -> Step:
    """A derived number with its names resolved, refused where it makes no sense."""
    match one:
        case Formula():
            return _formula(database, asked, one, exact=exact)
        case Rank(name):
            one = replace(one, field=_standing(database, asked, name))
    measure = _measure_id(database, asked, one.measure, exact=exact)
    if isinstance(one, Percentage):
        refuse_unless_added_up(*_statistic(database, measure))
    return Step(one, measure)


def _measure_id(database: Database, asked: Query, name: str, *, exact: bool) -> str:
    """The canonical id of a measure; the first of the table where none is named."""
    if not name:
        return asked.measures[0]
    [found] = resolve_measures(database, (name,), exact=exact)
    return found.id


def _statistic(database: Database, measure: str) -> tuple[str, str]:
    """What a measure is called, and its statistic."""
    name, _, statistic = measure.partition(":")
    if not statistic:
        return database.records.label, "COUNT"
    return f"{statistic.title()} of {database.measure(name).label}", statistic


def _standing(database: Database, asked: Query, field_id: str) -> str:
    found = database.field(field_id)
    if found.id not in {d.field for d in asked.dimensions}:
        raise QueryError(
            _("{found} is needed for a derived number, but is not in the table.").format(found=found.label),
            mend=_("Put {found} in rows, columns or wafers.").format(found=found.label),
        )
    return found.id


def _formula(database: Database, asked: Query, one: Formula, *, exact: bool) -> Step:
    names = parse(one.expression).names
    if not one.label:
        raise QueryError(_("A formula has no label."), mend=_("Say what people read."))
    if not 0 <= one.precision <= MAX_DECIMALS:
        raise QueryError(
            _("A formula has 0 to {max_decimals} decimals, not {precision}.").format(
                max_decimals=MAX_DECIMALS, precision=one.precision
            ),
            mend=_("Choose how many are printed."),
        )
    if one.field is None:
        return Step(one, measures={name: _measure_id(database, asked, name, exact=exact) for name in names})
    found = database.field(_standing(database, asked, one.field))
    dimension = next(d for d in asked.dimensions if d.field == found.id)
    return Step(
        replace(one, field=found.id),
        items={name: nodes_of(found, dimension.items or (), name) for name in names},
    )
