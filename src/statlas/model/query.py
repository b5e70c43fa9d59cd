"""What is asked of a database.

A query is equal by value, so its canonical form can be looked up, logged by digest and cited.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from statlas.errors import QueryError
from statlas.model.classification import Node
from statlas.model.derived import Derived
from statlas.wording import _


class Role(StrEnum):
    """Where a dimension stands: rows, columns, or wafers (one slice of the third axis)."""

    ROWS = "rows"
    COLUMNS = "columns"
    WAFERS = "wafers"


@dataclass(frozen=True)
class Item:
    """One resulting position: a node, or a group of nodes counted together.

    ``label`` names a group; None takes the labels of the nodes.
    """

    nodes: tuple[Node, ...]
    label: str | None = None

    def __post_init__(self) -> None:
        if not self.nodes:
            raise QueryError(_("An item names no code."), mend=_("Give every item at least one code."))
        if len(set(self.nodes)) != len(self.nodes):
            raise QueryError(_("An item names a code twice."), mend=_("Name each code once."))


MONTHS = tuple(f"{month:02d}" for month in range(1, 13))
"""The two digits by which periods name their month."""


class TimeKind(StrEnum):
    """How a time selector chooses periods."""

    LATEST = "latest"
    FROM = "from"
    RANGE = "range"
    YEARLY = "yearly"
    ALL = "all"


@dataclass(frozen=True)
class TimeSelector:
    """Which periods: ``latest(13)``, ``from 202404``, ``yearly`` or ``all``; resolved per release.

    ``yearly`` is the same month (or quarter) of every year: that of the newest period, or the one that ``start`` names
    by the two digits of its month.
    """

    kind: TimeKind = TimeKind.LATEST
    n: int = 1
    start: str = ""
    end: str = ""

    def __post_init__(self) -> None:
        if self.n < 1:
            raise QueryError(_("latest(n) needs n of at least 1."), mend=_("Write latest(1) for the newest period."))
        if self.kind is TimeKind.RANGE and self.start > self.end:
            raise QueryError(_("A range of periods ends before it starts."), mend=_("Write the older period first."))
        if self.kind is TimeKind.YEARLY and self.start not in ("", *MONTHS):
            raise QueryError(
                _("{start!r} is not a month.").format(start=self.start), mend=_("Write yearly 03 for every March.")
            )


@dataclass(frozen=True)
class Dimension:
    """A field in use in a query.

    Exactly one of ``items`` (codes and groups, at mixed levels), ``valueset`` (all codes of one level) and ``time``
    (the date field only) says what stands on it; none of them means all codes of the field's default valueset, or the
    latest period.
    ``total`` adds the total of the items listed, last.
    """

    field: str
    items: tuple[Item, ...] | None = None
    valueset: str | None = None
    time: TimeSelector | None = None
    total: bool = False
    role: Role = Role.ROWS

    def __post_init__(self) -> None:
        if sum(x is not None for x in (self.items, self.valueset, self.time)) > 1:
            raise QueryError(_("{field} is given both a list of codes and a level or time.").format(field=self.field))
        if self.items is not None and not self.items:
            raise QueryError(
                _("{field} has no items.").format(field=self.field), mend=_("Leave the list out to take every code.")
            )


@dataclass(frozen=True)
class Filter:
    """Only records in these nodes of a field count; the field itself does not stand in the table."""

    field: str
    nodes: tuple[Node, ...]

    def __post_init__(self) -> None:
        if not self.nodes:
            raise QueryError(
                _("The filter on {field} names no code.").format(field=self.field),
                mend=_("Name at least one code, or leave the filter out."),
            )


@dataclass(frozen=True)
class Query:
    """A table request: ``Query("hb_new", dimensions=(Dimension("TENURE_PUB"),))``.

    ``measures`` are ``MEASURE:STATISTIC`` such as ``LAHBAMT:MEAN``, ``MEASURE`` alone for its first statistic, or the
    record table's id for its count; empty means the count.
    ``release`` None means the latest public release.
    ``derived`` is worked out from what is printed and stands after the measures.
    """

    database: str
    measures: tuple[str, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    filters: tuple[Filter, ...] = ()
    release: str | None = None
    derived: tuple[Derived, ...] = ()

    def __post_init__(self) -> None:
        fields = [d.field for d in self.dimensions] + [f.field for f in self.filters]
        for name in fields:
            if fields.count(name) > 1:
                raise QueryError(
                    _("{name} is used twice in the query.").format(name=name), mend=_("Use each field once.")
                )
