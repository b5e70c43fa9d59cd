"""What is chosen of a field, in words: on its card in the builder, and beside a table that is not shown."""

from __future__ import annotations

from collections.abc import Iterable

from statlas.model.classification import Node
from statlas.model.database import Database
from statlas.model.query import Dimension, Item, TimeKind, TimeSelector
from statlas.web.words import listed, number
from statlas.wording import _, several

_MOST_NAMED = 3
"""Categories named one by one before they are counted; arbitrary."""


def month_word(month: str) -> str:
    """*March* for ``03``."""
    names = (
        *(_("January"), _("February"), _("March"), _("April"), _("May"), _("June")),
        *(_("July"), _("August"), _("September"), _("October"), _("November"), _("December")),
    )
    return names[int(month) - 1]


def items_said(database: Database, dimension: Dimension) -> str:
    """What is chosen of a field in the table: *All 13 of Region*, *Leeds and York*, *The latest 13*."""
    field = database.field(dimension.field)
    if dimension.items is not None:
        return _listed(database, field.id, dimension.items)
    if field is database.date and dimension.valueset is None:
        return _periods(database, dimension.time or TimeSelector())
    valueset = field.classification[dimension.valueset] if dimension.valueset else field.valueset
    if valueset.label == field.label:
        return several("The only category", "All {n} categories", len(valueset)).format(n=number(len(valueset)))
    words = several("{level}, the only category", "{level}, all {n}", len(valueset))
    return words.format(level=valueset.label, n=number(len(valueset)))


def nodes_said(database: Database, field: str, nodes: Iterable[Node]) -> str:
    """The categories of a filter: *Leeds and York*, *12 categories*."""
    return _listed(database, field, tuple(Item((node,)) for node in nodes))


def _listed(database: Database, field: str, items: tuple[Item, ...]) -> str:
    if len(items) <= _MOST_NAMED:
        return listed(_item(database, field, item) for item in items)
    n_groups = sum(item.label is not None or len(item.nodes) > 1 for item in items)
    said = several("{n} category", "{n} categories", len(items)).format(n=number(len(items)))
    if not n_groups:
        return said
    words = several("{categories}, {n} of them a group", "{categories}, {n} of them groups", n_groups)
    return words.format(categories=said, n=number(n_groups))


def _item(database: Database, field: str, item: Item) -> str:
    if item.label:
        return item.label
    if len(item.nodes) > _MOST_NAMED:
        return several("{n} category together", "{n} categories together", len(item.nodes)).format(n=len(item.nodes))
    return " + ".join(database.label_of(field, node) for node in item.nodes)


def _periods(database: Database, time: TimeSelector) -> str:  # noqa: PLR0911 - a sentence for each kind
    label = database.calendar.label_of
    match time.kind:
        case TimeKind.LATEST if time.n == 1:
            return _("The latest: {date}").format(date=label(database.periods[-1]))
        case TimeKind.LATEST:
            return _("The latest {n}").format(n=number(time.n))
        case TimeKind.ALL:
            return _("All {n}").format(n=number(len(database.periods)))
        case TimeKind.FROM:
            return _("From {date} on").format(date=label(time.start))
        case TimeKind.YEARLY if time.start:
            return _("{month} of every year").format(month=month_word(time.start))
        case TimeKind.YEARLY:
            return _("The same date of every year")
        case TimeKind.RANGE if time.start == time.end:
            return label(time.start)
        case TimeKind.RANGE:
            return _("{first} to {last}").format(first=label(time.start), last=label(time.end))
