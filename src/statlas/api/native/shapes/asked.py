"""The shapes of questions: the parts of an address, and the forms of bodies, as the document tells them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from statlas.api.native.shapes.cell import CellRequest
from statlas.api.native.shapes.job import JobRequest
from statlas.api.native.shapes.saved import SaveRequest
from statlas.definitions.query_form import QueryForm


class TableAddress(BaseModel):
    """The parts of a table's address; beside them `items.FIELD`, its chosen codes, and `filter.FIELD`."""

    database: str = Field(description="Id of the database.")
    rows: list[str] = Field([], description="`FIELD` or `FIELD@LEVEL`; repeated for several.")
    columns: list[str] = Field([], description="The same for the columns.")
    wafers: list[str] = Field([], description="The same for the slices.")
    periods: str = Field("", description="latest, latest(13), from 202404, 202404..202503, yearly or all.")
    total: list[str] = Field([], description="Fields with the total of their items.")
    measure: list[str] = Field([], description="`MEASURE:STATISTIC`; the count where none is named.")
    derived: list[str] = Field([], description="Worked out from the numbers: `percentage;row`, `change;year;percent`.")
    release: str = Field("", description="Number of a release; left out, the latest.")
    asOf: str = Field(  # noqa: N815 - as SDMX spells it
        "", description="In its place, the release that answered on that day, `2026-03-01`, or at that moment."
    )


CHOSEN = {
    "in": "query",
    "name": "chosen",
    "required": False,
    "style": "form",
    "explode": True,
    "description": "`items.FIELD=CODE;CODE;LABEL=CODE,CODE` chooses codes and groups, "
    "`filter.FIELD=CODE,CODE` leaves only records in these codes.",
    "schema": {
        "type": "object",
        "propertyNames": {"pattern": r"^(items|filter)\.[A-Za-z][A-Za-z0-9_.+-]*$"},
        "additionalProperties": {"type": "string"},
    },
}
CELL = {
    **CHOSEN,
    "name": "place",
    "description": "`cell.FIELD=CODE` names the item of each field of more than one; `of=MEASURE` a measure.",
    "schema": {
        "type": "object",
        "propertyNames": {"pattern": r"^cell\.[A-Za-z][A-Za-z0-9_.+-]*$"},
        "additionalProperties": {"type": "string"},
    },
}


_WHEN = [
    {
        "in": "query",
        "name": name,
        "required": False,
        "description": said,
        "schema": {"type": "string", "maxLength": 300},
    }
    for name, said in (
        ("release", "Number of a release, where the body does not say it."),
        ("asOf", "In its place, the release that answered on that day, `2026-03-01`, or at that moment."),
    )
]


def body_of(*kinds: str) -> dict[str, Any]:
    """A body of one of these forms, as the document tells it, and of when it may be."""
    content = {"schema": {"anyOf": [{"$ref": f"#/components/schemas/{kind}"} for kind in kinds]}}
    return {"parameters": _WHEN, "requestBody": {"required": True, "content": {"application/json": content}}}


ADDRESS = {"parameters": [CHOSEN]}
QUERY = body_of("QueryForm", "StatXploreRequest")
FORMS: tuple[type[BaseModel], ...] = (QueryForm, CellRequest, JobRequest, SaveRequest)
"""Forms of bodies, which the document has beside the shapes of answers."""
