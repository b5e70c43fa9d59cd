"""How errors are told in this dialect: ``{"message", "errorType", "component"}``.

``SCHEMA_COMPONENT_NOT_FOUND``, ``TXD_NOT_FOUND`` and ``CELL_COUNT`` are worded as captured from real servers,
``DUPLICATE_RECODES`` is reported by its users; the other types are ours, in the same form
(docs/errors/open-data-api.md has a section for each).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from statlas.definitions.stat_xplore.refusing import ErrorType, refused, shortened, unknown_component
from statlas.errors import (
    DisclosureRefused,
    LimitError,
    QueryError,
    StatlasError,
    TooManyCellsError,
    UnknownNameError,
)


def body_of(error: StatlasError) -> Mapping[str, Any]:
    """An error of ours as a body of this dialect."""
    match error:
        case TooManyCellsError(value=value, limit=limit):
            return _cell_count(value, limit)
        case UnknownNameError(component=component):
            return body(ErrorType.SCHEMA_COMPONENT_NOT_FOUND, _unknown(error), component)
        case LimitError(kind=kind):
            return body(ErrorType.RATE_LIMIT_EXCEEDED, str(error), kind)
        case DisclosureRefused(rule=rule):
            return body(ErrorType.DISCLOSURE_REFUSED, str(error), rule)
        case QueryError():
            error_type = error.facts.get("error_type", ErrorType.INVALID_REQUEST)
            return body(error_type, str(error), str(error.facts.get("component", "")))
        case _:
            return body(ErrorType.SERVICE_UNAVAILABLE, "The table cannot be made at the moment. Try again later.")


def _unknown(error: UnknownNameError) -> str:
    """The sentence captured, and what may have been meant where something is like it."""
    message, near = unknown_component(error.component).message, error.facts.get("near", "")
    return f"{message} Did you mean {near}?" if near else message


def no_such_table(component: str) -> QueryError:
    """The error for the id of a table that is nobody's, or somebody else's, worded as captured."""
    return refused(
        ErrorType.TXD_NOT_FOUND,
        f"The requested TXD '{shortened(component)}' could not be found for the current user.",
        component=component,
    )


def body(error_type: ErrorType, message: str, component: str = "") -> Mapping[str, Any]:
    """The body of an error; ``component`` is what was at fault, empty when it is the request as a whole."""
    return {"message": message, "errorType": str(error_type), "component": shortened(component)}


def _cell_count(value: int, limit: int) -> Mapping[str, Any]:
    message = f"Your request exceeds the configured cell limit of {limit:,}. It contains at least {value:,} cells."
    return {"message": message, "errorType": str(ErrorType.CELL_COUNT), "value": value, "limit": limit}
