"""The query of a table as Stat-Xplore's page writes it, *Open Data API Query (.json)*: send it to ``/table``, get the
table.

Every field has an explicit recode, the date too, so the file asks for the same periods for good.
The language has neither filters nor derived numbers; a table with them cannot be written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from statlas.errors import QueryError, StatlasError
from statlas.model import public_ids
from statlas.model.about import About
from statlas.model.cube import Cube, CubeDimension
from statlas.wording import _

MEDIA_TYPE = "application/vnd.statlas.query+json"
SUFFIX = "query.json"


def misfit(cube: Cube) -> StatlasError | None:
    """Neither derived numbers nor filters can be asked for in this language."""
    if cube.query.derived or any(item.formula for d in cube.dimensions for item in d.items):
        return _refusal(
            _("A query of the Open Data API cannot ask for this table, which holds numbers that are worked out."),
            _("Leave out percentages, changes, places and formulas, or take json, which holds the query in full."),
        )
    if cube.query.filters:
        return _refusal(
            _("A query of the Open Data API cannot ask for this table, which is filtered."),
            _("Put the filtered fields into the table, or take json, which holds the query in full."),
        )
    return None


def _refusal(message: str, mend: str) -> QueryError:
    return QueryError(
        message,
        mend=mend,
        format="opendata-query",
        instead="json",
    )


def write(cube: Cube, about: About) -> Iterator[bytes]:  # noqa: ARG001 - the language has no room for what is said
    """The file in one piece.

    Raises:
        QueryError: the language cannot ask for the table.
    """
    if found := misfit(cube):
        raise found
    return iter([_as_stat_xplore(body(cube)).encode("utf-8", "backslashreplace")])


def body(cube: Cube) -> dict[str, Any]:
    """The query as JSON types."""
    uris = [public_ids.field(cube.database, d.table, d.field) for d in cube.dimensions]
    return {
        "database": public_ids.database(cube.database),
        "measures": [_measure(cube, measure.id, measure.table) for measure in cube.measures],
        "recodes": {uri: _recode(cube, d) for uri, d in zip(uris, cube.dimensions, strict=True)},
        "dimensions": [[uri] for uri in uris],
    }


def brief_body(cube: Cube) -> dict[str, Any]:
    """The query as JSON types, whole levels by their names: short enough to be shown, with the periods spelled out.

    Raises:
        QueryError: the language cannot ask for the table.
    """
    if found := misfit(cube):
        raise found
    uris = [_uri(cube, d) for d in cube.dimensions]
    recodes = zip(uris, (_brief_recode(cube, d) for d in cube.dimensions), strict=True)
    return body(cube) | {
        "recodes": {uri: recode for uri, recode in recodes if recode},
        "dimensions": [[uri] for uri in uris],
    }


def _uri(cube: Cube, d: CubeDimension) -> str:
    if _is_level(d):
        return public_ids.valueset(cube.database, d.table, d.field, str(d.valueset))
    return public_ids.field(cube.database, d.table, d.field)


def _is_level(d: CubeDimension) -> bool:
    # A level of the date has more periods in every release.
    return d.valueset is not None and not d.is_date


def _brief_recode(cube: Cube, d: CubeDimension) -> dict[str, Any]:
    if not _is_level(d):
        return _recode(cube, d)
    return {"map": [], "total": True} if any(item.is_total for item in d.items) else {}


def _measure(cube: Cube, id_: str, table: str) -> str:
    measure, of, statistic = id_.partition(":")
    if not of:
        return public_ids.count(cube.database, measure)
    return public_ids.statfn(cube.database, table, measure, statistic)


def _recode(cube: Cube, dimension: CubeDimension) -> dict[str, Any]:
    items = [item for item in dimension.items if not item.is_total]
    values = [
        [public_ids.value(cube.database, dimension.table, dimension.field, node) for node in item.nodes]
        for item in items
    ]
    return {"map": values, "total": len(items) < len(dimension)}


def _as_stat_xplore(content: dict[str, Any]) -> str:
    return f"{_laid_out(content, '')}\n"


def _laid_out(part: Any, indent: str) -> str:
    """Objects a member a line, `` : `` between name and value; arrays on one line, blanks inside their brackets."""
    if isinstance(part, dict):
        deeper = f"{indent}  "
        members = (f"{deeper}{_text(name)} : {_laid_out(value, deeper)}" for name, value in part.items())
        return "{\n" + ",\n".join(members) + f"\n{indent}}}"
    if isinstance(part, list):
        return f"[ {', '.join(_laid_out(one, indent) for one in part)} ]" if part else "[ ]"
    return _text(part)


def _text(part: Any) -> str:
    return json.dumps(part, ensure_ascii=False)
