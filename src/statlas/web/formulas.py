"""A formula while somebody writes it: the names it may use, and the query with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from statlas.definitions.address import Parameters
from statlas.errors import QueryError, UnusableNameError
from statlas.model import editing
from statlas.model.arithmetic import MAX_DECIMALS, parse
from statlas.model.database import Database, Field
from statlas.model.derived import Formula
from statlas.model.query import Dimension, Query
from statlas.web.measure_form import measure_label
from statlas.wording import _

LONGEST_LABEL = 100

MOST_NAMES = 200
"""Names listed to be put into a formula; arbitrary, others may be written by hand."""

OWN = frozenset({"over", "edit", "label", "expression", "decimals", "act"})
"""Parts of the page's address and answers of its form that are no part of the table's."""


@dataclass(frozen=True)
class Name:
    """Something that a formula may name: as it is written in braces, and as people read it."""

    text: str
    label: str


@dataclass(frozen=True)
class Draft:
    """A formula as it stands in the boxes. over: the field of its categories; empty for one over numbers."""

    over: str = ""
    label: str = ""
    expression: str = ""
    decimals: str = "1"

    @classmethod
    def of(cls, formula: Formula) -> Draft:
        """The boxes of a formula that is there."""
        return cls(formula.field or "", formula.label, formula.expression, str(formula.precision))

    @classmethod
    def read(cls, sent: Parameters, formula: Formula | None = None) -> Draft:
        """What was written; where nothing was, what the formula that is changed says."""
        given = dict(sent)
        before = cls.of(formula) if formula else cls()
        return cls(
            given.get("over", before.over),
            " ".join(given.get("label", before.label).split()),
            given.get("expression", before.expression).strip(),
            given.get("decimals", before.decimals),
        )

    def formula(self) -> Formula:
        """The formula.

        Raises:
            QueryError: it is no arithmetic; ``position`` says where reading stopped.
            UnusableNameError: its name cannot be used.
        """
        if not self.label or len(self.label) > LONGEST_LABEL or not self.label.isprintable():
            raise UnusableNameError(
                _("The name has 1 to {most} characters.").format(most=LONGEST_LABEL),
                mend=_("Say what the number is."),
                name=self.label[:LONGEST_LABEL],
            )
        parse(self.expression)
        decimals = int(self.decimals) if self.decimals in map(str, range(MAX_DECIMALS + 1)) else 1
        return Formula(self.label, self.expression, self.over or None, decimals)


def formulas(query: Query) -> tuple[Formula, ...]:
    """The formulas of a query, in their order; a place in them is what ``edit`` names."""
    return tuple(one for one in query.derived if isinstance(one, Formula))


def at(query: Query, place: str) -> Formula | None:
    """The formula that is changed; None where a new one is written."""
    found = formulas(query)
    return found[int(place)] if place.isdecimal() and len(place) < 4 and int(place) < len(found) else None  # noqa: PLR2004


def with_formula(query: Query, formula: Formula, instead_of: Formula | None) -> Query:
    """The query with a formula, in the place of the one that is changed.

    Raises:
        QueryError: another number has its name already.
    """
    others = [one.label for one in formulas(query) if one is not instead_of]
    if formula.label in others:
        raise UnusableNameError(
            _("There is a formula of that name."), mend=_("Give this one another name."), name=formula.label
        )
    if instead_of is None:
        return editing.add_derived(query, formula)
    return replace(query, derived=tuple(formula if one is instead_of else one for one in query.derived))


def names(database: Database, query: Query, over: str) -> tuple[Name, ...]:
    """What the formula may name: measures, or the items of a field in the table."""
    if not over:
        return tuple(Name(name, measure_label(database, name)) for name in _measures(database, query))
    field = database.field(over)
    dimension = editing.dimension(query, field.id)
    return tuple(_items(field, dimension))[:MOST_NAMES] if dimension else ()


def _measures(database: Database, query: Query) -> tuple[str, ...]:
    """Those of the table first."""
    offered = (f"{measure.id}:{statistic}" for measure in database.measures for statistic in measure.statistics)
    return tuple(dict.fromkeys((*query.measures, database.records.id, *offered)))


def _items(field: Field, dimension: Dimension) -> Iterator[Name]:
    if dimension.items is None:
        valueset = field.classification[dimension.valueset] if dimension.valueset else field.valueset
        yield from (Name(code.id, code.label) for code in valueset)
    for item in dimension.items or ():
        label = item.label or ", ".join(field.classification.code(node).label for node in item.nodes)
        yield Name(item.nodes[0].code if item.label is None and len(item.nodes) == 1 else label, label)


@dataclass(frozen=True)
class Place:
    """The text of a formula parted where reading it stopped."""

    before: str
    there: str
    after: str


def place_of(text: str, error: QueryError) -> Place | None:
    """Where a formula cannot be read; None where the mistake is another."""
    position = error.facts.get("position")
    if not isinstance(position, int):
        return None
    at_ = min(max(position - 1, 0), len(text))
    return Place(text[:at_], text[at_ : at_ + 1], text[at_ + 1 :])
