"""Edits of a query, one at a time: what each button, key and drag of the table builder does.

Every function gives another query and leaves alone the one it was given.
Rules of the room: what is chosen of a field (its level, categories, groups, dates, total) goes with it wherever it is
moved; what is worked out from something goes away with it; and a query that was valid stays so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from statlas.errors import QueryError
from statlas.model.arithmetic import parse
from statlas.model.classification import Node
from statlas.model.derived import Derived, Formula, Rank
from statlas.model.query import Dimension, Filter, Item, Query, Role, TimeSelector
from statlas.wording import _

# --- where fields stand -----------------------------------------------------------------------------------------------


def dimension(query: Query, field: str) -> Dimension | None:
    """The field as it stands in the table, or None."""
    return next((d for d in query.dimensions if d.field == field), None)


def axis(query: Query, role: Role) -> tuple[Dimension, ...]:
    """What stands on an axis, outermost first."""
    return tuple(d for d in query.dimensions if d.role is role)


def place(query: Query, field: str, role: Role, at: int | None = None) -> Query:
    """The field put at a place of an axis: added if it is not in the table, else moved with all that is chosen of it.

    A field by which the table is filtered comes into it with the categories of its filter.

    Args:
        at: how many fields of the axis stand outside of it; None puts it innermost.
    """
    found = dimension(query, field) or Dimension(field, items=_filtered(query, field))
    filters = tuple(f for f in query.filters if f.field != field)
    others = tuple(d for d in query.dimensions if d.field != field)
    position = _position([d.role is role for d in others], at)
    moved = (*others[:position], replace(found, role=role), *others[position:])
    return replace(query, dimensions=moved, filters=filters)


def nudge(query: Query, field: str, by: int) -> Query:
    """The field so many places further in (or out, if negative) on its own axis, as far as there are any."""
    found = dimension(query, field)
    if found is None:
        return query
    own = [d.field for d in axis(query, found.role)]
    wanted = min(max(own.index(field) + by, 0), len(own) - 1)
    return query if own[wanted] == field else place(query, field, found.role, wanted)


def remove(query: Query, field: str) -> Query:
    """The table without a field, and without what is worked out from it."""
    kept = tuple(d for d in query.dimensions if d.field != field)
    return replace(query, dimensions=kept, derived=_without(query.derived, lambda one: _is_of_field(one, field)))


def swap(query: Query) -> Query:
    """Rows as columns and columns as rows."""
    others = {Role.ROWS: Role.COLUMNS, Role.COLUMNS: Role.ROWS, Role.WAFERS: Role.WAFERS}
    return replace(query, dimensions=tuple(replace(d, role=others[d.role]) for d in query.dimensions))


def _position(is_on_axis: list[bool], at: int | None) -> int:
    """Where in all dimensions the ``at``-th place of an axis is; behind everything if that is its end."""
    places = [position for position, is_there in enumerate(is_on_axis) if is_there]
    if at is None or at >= len(places):
        return places[-1] + 1 if places else len(is_on_axis)
    return places[max(at, 0)]


def _filtered(query: Query, field: str) -> tuple[Item, ...] | None:
    found = next((f for f in query.filters if f.field == field), None)
    return None if found is None else tuple(Item((node,)) for node in found.nodes)


# --- what is chosen of a field ----------------------------------------------------------------------------------------


def set_level(query: Query, field: str, valueset: str | None) -> Query:
    """Every category of a level of the field; None takes the default one."""
    return _changed(query, field, lambda d: replace(d, items=None, time=None, valueset=valueset))


def set_items(query: Query, field: str, items: Iterable[Item]) -> Query:
    """These categories and groups of the field; none of them means every category of its default level."""
    chosen = tuple(items) or None
    return _changed(query, field, lambda d: replace(d, items=chosen, time=None, valueset=None))


def set_time(query: Query, field: str, time: TimeSelector) -> Query:
    """These periods of the date."""
    return _changed(query, field, lambda d: replace(d, items=None, valueset=None, time=time))


def set_total(query: Query, field: str, *, total: bool) -> Query:
    """With or without the total of what is listed of the field."""
    return _changed(query, field, lambda d: replace(d, total=total))


def _changed(query: Query, field: str, change: Callable[[Dimension], Dimension]) -> Query:
    changed = tuple(change(d) if d.field == field else d for d in query.dimensions)
    return replace(query, dimensions=changed)


# --- who is counted ---------------------------------------------------------------------------------------------------


def set_filter(query: Query, field: str, nodes: Iterable[Node]) -> Query:
    """Only records in these categories count; none of them means all records."""
    chosen = tuple(nodes)
    if not chosen:
        return replace(query, filters=tuple(f for f in query.filters if f.field != field))
    if dimension(query, field) is not None:
        raise QueryError(_("{field} stands in the table.").format(field=field), mend=_("Choose its categories there."))
    made = Filter(field, chosen)
    if all(f.field != field for f in query.filters):
        return replace(query, filters=(*query.filters, made))
    return replace(query, filters=tuple(made if f.field == field else f for f in query.filters))


# --- numbers ----------------------------------------------------------------------------------------------------------


def add_measure(query: Query, measure: str, count: str) -> Query:
    """One more number in every cell, behind the others.

    Args:
        count: the id of the record table, which an empty list of measures stands for.
    """
    now = query.measures or (count,)
    return query if measure in now else replace(query, measures=(*now, measure))


def remove_measure(query: Query, measure: str, count: str) -> Query:
    """The table without a number and without what is worked out from it; without any number it has the count."""
    now = query.measures or (count,)
    kept = tuple(one for one in now if one != measure)
    if kept == now:
        return query
    gone = {measure, ""} if now[0] == measure else {measure}
    derived = _without(query.derived, lambda one: bool(_measures_of(one) & gone))
    return replace(query, measures=() if kept in ((), (count,)) else kept, derived=derived)


def replace_measure(query: Query, measure: str, by: str, count: str) -> Query:
    """Another number, or statistic, in the place of one; what is worked out from that one goes."""
    now = query.measures or (count,)
    if by in now or measure not in now:
        return remove_measure(query, measure, count) if by in now and by != measure else query
    derived = remove_measure(query, measure, count).derived
    changed = tuple(by if one == measure else one for one in now)
    return replace(query, measures=() if changed == (count,) else changed, derived=derived)


def add_derived(query: Query, derived: Derived) -> Query:
    """With something worked out from the numbers, behind the rest."""
    return query if derived in query.derived else replace(query, derived=(*query.derived, derived))


def remove_derived(query: Query, derived: Derived) -> Query:
    """Without something that is worked out."""
    return replace(query, derived=_without(query.derived, lambda one: one == derived))


def _without(derived: tuple[Derived, ...], is_gone: Callable[[Derived], bool]) -> tuple[Derived, ...]:
    return tuple(one for one in derived if not is_gone(one))


def _is_of_field(derived: Derived, field: str) -> bool:
    return isinstance(derived, Formula | Rank) and derived.field == field


def _measures_of(derived: Derived) -> set[str]:
    """The measures that something is worked out from; empty text stands for the first, as it does in a query."""
    if not isinstance(derived, Formula):
        return {derived.measure}
    if derived.field is not None:
        return set()
    try:
        return set(parse(derived.expression).names)
    except QueryError:
        return set()
