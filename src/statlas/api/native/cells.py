"""Plans, pages of cells and single cells as plain data of the shapes in ``shapes``; from public cubes alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from statlas.api.native.links import Links
from statlas.definitions.query_json import query_json
from statlas.model.cells import CellStatus, CubeDimension, CubeMeasure
from statlas.model.cube import Cube
from statlas.model.database import Database
from statlas.model.explanation import Cell, Explanation, citation, explain, unambiguous_codes, value_of
from statlas.model.frames import STATUS_TEXTS, code_of, flag_text
from statlas.model.protection import RuleOutcome
from statlas.model.query import Query
from statlas.model.query_data import digest_of
from statlas.service.tables import TablePlan

_PRINTED = (CellStatus.SHOWN, CellStatus.STRUCTURAL_ZERO)

# --- plans ------------------------------------------------------------------------------------------------------------


def plan(query: Query, found: TablePlan, limit: int, links: Links) -> dict[str, Any]:
    """What a table would be."""
    return {
        "database": query.database,
        "release": query.release,
        "cells": found.cells,
        "working_cells": found.working_cells,
        "seconds": round(found.seconds, 2),
        "limit": limit,
        "at_once": found.cells <= limit,
        "refused": found.refused,
        "evaluated": found.evaluated,
        "passed": found.passed,
        "rules": [outcome(one) for one in found.outcomes],
        "advice": [{"text": one.text, "passed": one.passed, "evaluated": one.evaluated} for one in found.advice],
        "query": query_json(query),
        "table": links.table(query),
    }


def outcome(one: RuleOutcome) -> dict[str, Any]:
    """What a rule said."""
    return {
        "rule": one.rule,
        "version": one.version,
        "evaluated": one.evaluated,
        "passed": one.passed,
        "blocked": one.blocked,
        "message": one.message,
        "mend": one.mend,
        "areas": list(one.areas),
    }


# --- a page of cells --------------------------------------------------------------------------------------------------


def page(cube: Cube, query: Query, first: int, n: int, links: Links) -> dict[str, Any]:
    """The cells from ``first`` on, the last field changing first; ``next`` is for the door to say."""
    codes = [unambiguous_codes(dimension) for dimension in cube.dimensions]
    places = zip(*np.unravel_index(np.arange(first, min(first + n, cube.n_cells)), cube.shape), strict=True)
    return {
        "database": cube.database,
        "release": cube.release,
        "digest": digest_of(cube.query),
        "n_cells": cube.n_cells,
        "cells": [_cell(cube, codes, tuple(map(int, place)), first + k) for k, place in enumerate(places)],
        "table": links.table(query),
    }


def _cell(cube: Cube, codes: list[list[str]], place: Cell, flat: int) -> dict[str, Any]:
    number = 0 if cube.blocked is None else int(cube.blocked[place])
    return {
        "cell": {d.field: codes[axis][n] for axis, (d, n) in enumerate(zip(cube.dimensions, place, strict=True))},
        "labels": {d.field: d.items[n].label for d, n in zip(cube.dimensions, place, strict=True)},
        "numbers": {measure.id: _number(cube, measure, place) for measure in cube.measures},
        "rule": cube.rules[number - 1].rule if number else None,
        "notes": list(cube.cell_annotations.get(flat, ())),
    }


def _number(cube: Cube, measure: CubeMeasure, place: Cell) -> dict[str, Any]:
    status = int(measure.status[place])
    return {
        "value": value_of(cube, measure, place),
        "status": STATUS_TEXTS[status],
        "flags": flag_text(int(measure.flags[place])),
        "noise_sd": float(measure.sd[place]) if status in _PRINTED else None,
    }


# --- one cell ---------------------------------------------------------------------------------------------------------


def cell(
    cube: Cube, query: Query, database: Database, place: Cell, measure: CubeMeasure, links: Links
) -> dict[str, Any]:
    """Everything that can be said of one cell."""
    told = explain(cube, place, measure, database)
    again = _again(query, told, links)
    return {
        "database": cube.database,
        "release": cube.release,
        "version": cube.version,
        "released": cube.released,
        "digest": digest_of(cube.query),
        "synthetic": cube.synthetic,
        "counts": told.counts,
        "cell": [_place(d, n) for d, n in told.items],
        "measure": {"id": measure.id, "label": measure.label, "statistic": measure.statistic, "unit": measure.unit},
        "value": told.value,
        "text": told.text,
        "status": told.status.name.lower(),
        "flags": flag_text(int(told.flags)),
        "meanings": [{"symbol": symbol, "means": means} for symbol, means in told.meanings],
        "said": list(told.said),
        "noise": told.noise and {"sd": told.noise.sd, "lower": told.noise.lower, "upper": told.noise.upper},
        "design": told.design and _design(told),
        "rule": told.rule and outcome(told.rule),
        "notes": [{"key": note.key, "text": note.text, "on": note.on} for note in told.notes],
        "cite": citation(cube, told, again["page"] or again["table"]),
        "again": again,
    }


def _design(told: Explanation) -> Mapping[str, float] | None:
    if told.design is None:
        return None
    return {"standard_error": told.design.standard_error, "lower": told.design.lower, "upper": told.design.upper}


def _place(dimension: CubeDimension, n: int) -> dict[str, Any]:
    item = dimension.items[n]
    return {
        "field": dimension.field,
        "label": dimension.label,
        "code": code_of(dimension, n),
        "item": item.label,
        "codes": [f"{node.code}@{node.valueset}" for node in item.nodes],
        "total": item.is_total,
    }


def _again(query: Query, told: Explanation, links: Links) -> dict[str, Any]:
    chosen = tuple((f"cell.{d.field}", unambiguous_codes(d)[n]) for d, n in told.items)
    return {
        "cell": links.cell(query, (*chosen, ("of", told.measure.id))),
        "table": links.table(query),
        "page": links.page(query),
        "query": query_json(query),
    }
