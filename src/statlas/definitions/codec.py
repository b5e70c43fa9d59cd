"""A database as canonical JSON and back, exactly.

A release keeps its definition in this form, so it must be quick to load in a cold process and the same text for equal
databases. A code is an array ``[id, label, [[valueset, code], ...], valid_from, valid_to]``: thousands of them are
most of the text.
What a later version of Statlas added is written only where it says something, at the end of an array or under a key of
its own: texts of earlier releases load as they are, and a definition that uses nothing new gives the same text as then.
The module imports the model alone; keep it so.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from statlas.definitions.presets import preset_protection
from statlas.errors import HomeError
from statlas.model.classification import Classification, Code, Node, Valueset
from statlas.model.database import (
    Annotation,
    Claim,
    Contact,
    Database,
    Field,
    FieldKind,
    FormerName,
    Impossible,
    Measure,
    Population,
    ReadyTable,
    RecordTable,
    Weight,
)
from statlas.model.derivation import Band, Banded, Column, Combined, Constant, LookedUp, Source
from statlas.model.mapping import FieldMapping, MappingPlan
from statlas.model.period import Calendar, Frequency
from statlas.model.protection import Protection, RuleSetting
from statlas.model.query_data import query_data, read_nodes, read_query

FORMAT = 1


def dumps(database: Database) -> str:
    """The database as one line of JSON, the same for equal databases."""
    return json.dumps(_database(database), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def loads(text: str) -> Database:
    """The database that ``dumps`` wrote.

    Raises:
        HomeError: it was written by a later version, or not by ``dumps``.
    """
    try:
        with _nothing_collected():
            data = json.loads(text)
            if data["format"] != FORMAT:
                later = "The definition was stored by a later version."
                raise HomeError(later, mend="Install that version of Statlas.")
            return _read_database(data)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise HomeError("The stored definition is damaged.", mend="Run `statlas verify`, then publish again.") from None


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Without looking for garbage: there is none among a hundred thousand new tuples, and looking takes most of the
    time (0.07 s instead of 0.35 s for a geography of 20,000 codes, measured in November 2026).
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _database(d: Database) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "id": d.id,
        "label": d.label,
        "records": _records(d.records),
        "calendar": [d.calendar.frequency, d.calendar.label],
        "fields": [_field(f) for f in d.fields],
        "measures": [_measure(m) for m in d.measures],
        "annotations": [[a.key, a.text, [list(pair) for pair in a.where]] for a in d.annotations],
        "tables": [_ready(t) for t in d.tables],
        "folder": list(d.folder),
        "description": d.description,
        "family": d.family,
        "policy": d.policy,
        "licence": d.licence,
        "contact": [d.contact.name, d.contact.email],
        "methodology": d.methodology,
        "source": d.source,
        "synthetic": d.synthetic,
        **({} if d.protection == preset_protection(d.policy) else {"protection": _protection(d.protection)}),
        **({} if d.weight is None else {"weight": _weight(d.weight)}),
        **({"quality": d.quality} if d.quality else {}),
        **({"next_release": d.next_release} if d.next_release else {}),
        **({"provisional": list(d.provisional)} if d.provisional else {}),
        **({"mapping": _mapping(d.mapping)} if d.mapping else {}),
        **({"impossible": [_impossible(i) for i in d.impossible]} if d.impossible else {}),
    }


def _read_database(data: Mapping[str, Any]) -> Database:
    frequency, label = data["calendar"]
    return Database(
        id=data["id"],
        label=data["label"],
        records=_read_records(*data["records"]),
        calendar=Calendar(Frequency(frequency), label),
        fields=tuple(_read_field(f) for f in data["fields"]),
        measures=tuple(_read_measure(m) for m in data["measures"]),
        annotations=tuple(
            Annotation(key, text, tuple((field, code) for field, code in where))
            for key, text, where in data["annotations"]
        ),
        tables=tuple(_read_ready(*t) for t in data["tables"]),
        folder=tuple(data["folder"]),
        description=data["description"],
        family=data["family"],
        policy=data["policy"],
        licence=data["licence"],
        contact=Contact(*data["contact"]),
        methodology=data["methodology"],
        source=data["source"],
        synthetic=data["synthetic"],
        protection=_read_protection(data["protection"]) if "protection" in data else preset_protection(data["policy"]),
        weight=_read_weight(*data["weight"]) if "weight" in data else None,
        quality=data.get("quality", ""),
        next_release=data.get("next_release", ""),
        provisional=tuple(data.get("provisional", ())),
        mapping=_read_mapping(*data["mapping"]) if "mapping" in data else MappingPlan(),
        impossible=tuple(_read_impossible(*one) for one in data.get("impossible", ())),
    )


def _mapping(plan: MappingPlan) -> list[Any]:
    fields = [[one.field, one.to, one.levels, one.codes] for one in plan.fields]
    return [fields, plan.measures]


def _read_mapping(fields: list[Any], measures: list[Any]) -> MappingPlan:
    return MappingPlan(
        tuple(
            FieldMapping(
                field,
                to,
                tuple((old, new) for old, new in levels),
                tuple((Node(*old), read_nodes(new)) for old, new in codes),
            )
            for field, to, levels, codes in fields
        ),
        tuple((old, new) for old, new in measures),
    )


def _ready(t: ReadyTable) -> list[Any]:
    return [t.id, t.title, query_data(t.query), t.view, *([True] if t.featured else [])]


def _read_ready(id_: str, title: str, query: Mapping[str, Any], view: str, *featured: bool) -> ReadyTable:
    return ReadyTable(id_, title, read_query(query), view, *featured)


def _records(r: RecordTable) -> list[Any]:
    plain = [r.id, r.label, r.unit, r.unit_id]
    if r.members is None and r.claim is None:
        return plain
    return [*plain, r.members, None if r.claim is None else [r.claim.person, r.claim.number, r.claim.benefit]]


def _read_records(
    id_: str, label: str, unit: str, unit_id: str | None, members: str | None = None, claim: list[str] | None = None
) -> RecordTable:
    return RecordTable(id_, label, unit, unit_id, members, None if claim is None else Claim(*claim))


def _protection(p: Protection) -> list[Any]:
    rules = [[r.rule, r.reason, r.on, r.limit, r.small_area_limit, list(r.fields)] for r in p.rules]
    return [p.name, p.version, p.preset, p.threshold, p.n_min_magnitude, rules]


def _read_protection(data: list[Any]) -> Protection:
    name, version, preset, threshold, n_min_magnitude, rules = data
    settings = tuple(
        RuleSetting(rule, reason, on, limit, small_area_limit, tuple(fields))
        for rule, reason, on, limit, small_area_limit, fields in rules
    )
    return Protection(name, version, preset, threshold, n_min_magnitude, settings)


def _weight(w: Weight) -> list[Any]:
    return [w.column, w.label, w.precision, list(w.replicates), w.scale]


def _read_weight(column: str, label: str, precision: int, replicates: list[str], scale: float) -> Weight:
    return Weight(column, label, precision, tuple(replicates), scale)


def _impossible(i: Impossible) -> list[Any]:
    return [[[field, [list(node) for node in nodes]] for field, nodes in i.where], i.reason]


def _read_impossible(where: list[Any], reason: str) -> Impossible:
    return Impossible(tuple((field, read_nodes(nodes)) for field, nodes in where), reason)


def _field(f: Field) -> dict[str, Any]:
    return {
        "id": f.id,
        "label": f.label,
        "table": f.table,
        "valuesets": [_valueset(v) for v in f.classification.valuesets],
        "source": _source(f.source),
        "kind": f.kind,
        "default_valueset": f.default_valueset,
        "group": f.group,
        "description": f.description,
        "missing": f.missing,
        "inherit": f.inherit,
        "inherit_reason": f.inherit_reason,
        **({"available_from": f.available_from} if f.available_from else {}),
        **({} if f.population is None else {"population": _population(f.population)}),
        **({"formerly": [[n.table, n.id, [*map(list, n.valuesets)]] for n in f.formerly]} if f.formerly else {}),
    }


def _read_field(data: Mapping[str, Any]) -> Field:
    return Field(
        id=data["id"],
        label=data["label"],
        table=data["table"],
        classification=Classification(tuple(_read_valueset(*v) for v in data["valuesets"])),
        source=_read_source(data["source"]),
        kind=FieldKind(data["kind"]),
        default_valueset=data["default_valueset"],
        group=data["group"],
        description=data["description"],
        missing=data["missing"],
        inherit=data["inherit"],
        inherit_reason=data["inherit_reason"],
        available_from=data.get("available_from", ""),
        population=_read_population(*data["population"]) if "population" in data else None,
        formerly=tuple(_read_former_name(*name) for name in data.get("formerly", ())),
    )


def _read_former_name(table: str, id_: str, valuesets: list[Any]) -> FormerName:
    return FormerName(table, id_, tuple((old, new) for old, new in valuesets))


def _valueset(v: Valueset) -> list[Any]:
    small = [] if v.small_areas is None else [v.small_areas]
    return [v.id, v.label, [_code(c) for c in v.codes], *small]


def _read_valueset(id_: str, label: str, codes: list[Any], small_areas: bool | None = None) -> Valueset:  # noqa: FBT001 - the last of an array
    return Valueset(id_, label, tuple(_read_code(c) for c in codes), small_areas)


def _population(p: Population) -> list[Any]:
    return [p.of, [[node.valueset, node.code, size] for node, size in p.sizes]]


def _read_population(of: str, sizes: list[Any]) -> Population:
    return Population(of, tuple([(Node(valueset, code), size) for valueset, code, size in sizes]))


def _code(c: Code) -> list[Any]:
    return [c.id, c.label, [list(parent) for parent in c.parents], c.valid_from, c.valid_to]


def _read_code(data: list[Any]) -> Code:
    id_, label, parents, valid_from, valid_to = data
    return Code(id_, label, tuple([Node(v, c) for v, c in parents]), valid_from, valid_to)


def _source(source: Source) -> list[Any]:
    match source:
        case Column(column):
            return ["column", column]
        case Constant(code):
            return ["constant", code]
        case Banded(column, bands):
            return ["banded", column, [[b.code, b.low, b.high] for b in bands]]
        case LookedUp(column, table):
            return ["looked_up", column, [list(pair) for pair in table]]
        case Combined(columns, combinations, otherwise):
            return ["combined", list(columns), [[list(values), code] for values, code in combinations], otherwise]


def _read_source(data: list[Any]) -> Source:
    match data:
        case ["column", column]:
            return Column(column)
        case ["constant", code]:
            return Constant(code)
        case ["banded", column, bands]:
            return Banded(column, tuple(Band(*band) for band in bands))
        case ["looked_up", column, table]:
            return LookedUp(column, tuple((key, value) for key, value in table))
        case ["combined", columns, table, otherwise]:
            return Combined(tuple(columns), tuple((tuple(values), code) for values, code in table), otherwise)
        case _:
            raise ValueError("source")


def _measure(m: Measure) -> list[Any]:
    plain = [m.id, m.label, m.table, m.column, m.unit, m.precision, list(m.statistics), m.description]
    if not m.edges and not m.flex_point and not m.available_from:
        return plain
    return [*plain, list(m.edges), m.flex_point, m.available_from]


def _read_measure(data: list[Any]) -> Measure:
    id_, label, table, column, unit, precision, statistics, description, *rest = data
    edges, flex_point, available_from = rest or ((), 0, "")
    return Measure(
        id_,
        label,
        table,
        column,
        unit,
        precision,
        tuple(statistics),
        description,
        tuple(edges),
        flex_point,
        available_from,
    )
