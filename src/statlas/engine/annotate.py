"""Labels and notes on a finished table: the last step, with nothing to hide any more."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import product

from statlas.disclosure.policy import Policy
from statlas.engine.itself import Itself
from statlas.engine.plan import Plan
from statlas.model.classification import Node
from statlas.model.cube import Cube, CubeDimension, CubeItem, CubeMeasure
from statlas.model.database import Annotation, Database, Field, FieldKind
from statlas.model.query import Dimension, Item
from statlas.model.release import Manifest


def cube_of(plan: Plan, manifest: Manifest, policy: Policy, measures: tuple[CubeMeasure, ...]) -> Cube:
    """The cube of a counted query: dimensions with labels, and every note that applies."""
    database = plan.database
    dimensions = tuple(_dimension(database, d) for d in plan.query.dimensions)
    cells = dict(_cell_notes(database, dimensions))
    whole = tuple(a.key for a in database.annotations if not a.where)
    return Cube(
        database=database.id,
        database_label=database.label,
        release=manifest.release,
        released=manifest.created,
        query=plan.query,
        dimensions=dimensions,
        measures=measures,
        annotations=_texts(database, whole, dimensions, cells),
        database_annotations=whole,
        cell_annotations=cells,
        licence=database.licence,
        source=database.source,
        synthetic=database.synthetic,
        threshold=policy.threshold or 0,
        n_min_magnitude=policy.n_min_magnitude or 0,
        noise_sd=policy.noise_sd,
        unit=database.records.unit,
    )


def _dimension(database: Database, dimension: Dimension) -> CubeDimension:
    field = database.field(dimension.field)
    valueset = _whole_valueset(field, dimension)
    items = list(_items(Itself(database), field.id, valueset, dimension.items or ()))
    if dimension.total:
        nodes = tuple(dict.fromkeys(node for item in items for node in item.nodes))
        items.append(CubeItem("Total", nodes, (), is_total=True))
    return CubeDimension(
        field=field.id,
        label=field.label,
        table=field.table,
        items=tuple(items),
        role=dimension.role,
        valueset=valueset,
        annotations=_keys(database, (field.id, None)),
        is_date=field is database.date,
        is_geography=field.kind is FieldKind.GEOGRAPHY,
    )


def _items(
    kept: Itself[Database], field_id: str, valueset: str | None, items: tuple[Item, ...]
) -> tuple[CubeItem, ...]:
    if valueset is not None and not any(item.label for item in items):
        return _codes(kept, field_id, valueset)
    field = kept.value.field(field_id)
    return tuple(_item(kept.value, field, item) for item in items)


@lru_cache(maxsize=256)
def _codes(kept: Itself[Database], field_id: str, valueset: str) -> tuple[CubeItem, ...]:
    """The codes of a valueset, one by one; kept, as there may be thousands."""
    field = kept.value.field(field_id)
    return tuple(_item(kept.value, field, Item((node,))) for node in field.classification[valueset].nodes())


def _whole_valueset(field: Field, dimension: Dimension) -> str | None:
    """The valueset whose codes the items are, one by one and all of them, if there is one."""
    nodes = tuple(node for item in dimension.items or () for node in item.nodes)
    valueset = field.classification[nodes[0].valueset]
    if not len(valueset) == len(nodes) == len(dimension.items or ()):
        return None
    return valueset.id if nodes == valueset.nodes() else None


def _item(database: Database, field: Field, item: Item) -> CubeItem:
    labels = tuple(field.classification.code(node).label for node in item.nodes)
    keys = tuple(dict.fromkeys(key for node in item.nodes for key in _keys(database, (field.id, node.code))))
    return CubeItem(item.label or ", ".join(labels), item.nodes, labels, annotations=keys)


def _keys(database: Database, place: tuple[str, str | None]) -> tuple[str, ...]:
    return _keys_by_place(database.annotations).get(place, ())


@lru_cache(maxsize=64)
def _keys_by_place(annotations: tuple[Annotation, ...]) -> dict[tuple[str, str | None], tuple[str, ...]]:
    """Annotation keys of every field and value that has some."""
    found: dict[tuple[str, str | None], list[str]] = {}
    for annotation in annotations:
        if len(annotation.where) == 1:
            found.setdefault(annotation.where[0], []).append(annotation.key)
    return {place: tuple(keys) for place, keys in found.items()}


def _cell_notes(database: Database, dimensions: tuple[CubeDimension, ...]) -> Iterable[tuple[int, tuple[str, ...]]]:
    found: dict[int, list[str]] = {}
    for annotation in database.annotations:
        if len(annotation.where) > 1:
            for cell in _cells(annotation, dimensions):
                found.setdefault(cell, []).append(annotation.key)
    return ((cell, tuple(keys)) for cell, keys in sorted(found.items()))


def _cells(annotation: Annotation, dimensions: tuple[CubeDimension, ...]) -> Iterable[int]:
    """Flat positions of the cells in which every place of a cell annotation meets."""
    where = dict(annotation.where)
    if not where.keys() <= {d.field for d in dimensions}:
        return
    along = [[p for p, item in enumerate(d.items) if _holds(item.nodes, where.get(d.field))] for d in dimensions]
    for place in product(*along):
        flat = 0
        for position, dimension in zip(place, dimensions, strict=True):
            flat = flat * len(dimension) + position
        yield flat


def _holds(nodes: tuple[Node, ...], code: str | None) -> bool:
    return code is None or any(node.code == code for node in nodes)


def _texts(
    database: Database, whole: tuple[str, ...], dimensions: tuple[CubeDimension, ...], cells: dict[int, tuple[str, ...]]
) -> dict[str, str]:
    used = set(whole).union(*cells.values()) if cells else set(whole)
    for dimension in dimensions:
        used.update(dimension.annotations, *(item.annotations for item in dimension.items))
    return {a.key: a.text for a in database.annotations if a.key in used}
