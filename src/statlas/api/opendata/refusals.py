"""How errors are told in this dialect: ``{"message", "errorType", "component"}``.

``SCHEMA_COMPONENT_NOT_FOUND`` and ``CELL_COUNT`` are worded as captured from real servers, ``DUPLICATE_RECODES`` is
reported by its users; the other types are ours, in the same form (docs/errors/open-data-api.md has a section for each).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from statlas.errors import DisclosureRefused, QueryError, StatlasError, TooManyCellsError, UnknownNameError

LONGEST_ECHO = 300
"""Characters of a name that are sent back; arbitrary, far above any id, far below a body."""


class ErrorType(StrEnum):
    """What went wrong, for programs."""

    SCHEMA_COMPONENT_NOT_FOUND = "SCHEMA_COMPONENT_NOT_FOUND"
    CELL_COUNT = "CELL_COUNT"
    DUPLICATE_RECODES = "DUPLICATE_RECODES"
    INVALID_JSON = "INVALID_JSON"
    INVALID_REQUEST = "INVALID_REQUEST"
    INVALID_RECODE = "INVALID_RECODE"
    STATISTIC_NOT_AVAILABLE = "STATISTIC_NOT_AVAILABLE"
    DISCLOSURE_REFUSED = "DISCLOSURE_REFUSED"
    REQUEST_TOO_LARGE = "REQUEST_TOO_LARGE"
    API_KEY_REQUIRED = "API_KEY_REQUIRED"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    ENDPOINT_NOT_FOUND = "ENDPOINT_NOT_FOUND"
    SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"


def unknown_component(component: str) -> UnknownNameError:
    """The error for an id that names nothing here."""
    return UnknownNameError(f"Could not find the requested component: {shortened(component)}.", component=component)


def refused(error_type: ErrorType, message: str, *, component: str = "", mend: str = "") -> QueryError:
    """The error for a request that cannot be answered as it stands."""
    return QueryError(message, mend=mend, error_type=error_type, component=component)


def body_of(error: StatlasError) -> Mapping[str, Any]:
    """An error of ours as a body of this dialect."""
    match error:
        case TooManyCellsError(value=value, limit=limit):
            return _cell_count(value, limit)
        case UnknownNameError(component=component):
            return body(ErrorType.SCHEMA_COMPONENT_NOT_FOUND, unknown_component(component).message, component)
        case DisclosureRefused(rule=rule):
            return body(ErrorType.DISCLOSURE_REFUSED, str(error), rule)
        case QueryError():
            error_type = error.facts.get("error_type", ErrorType.INVALID_REQUEST)
            return body(error_type, str(error), str(error.facts.get("component", "")))
        case _:
            return body(ErrorType.SERVICE_UNAVAILABLE, "The table cannot be made at the moment. Try again later.")


def body(error_type: ErrorType, message: str, component: str = "") -> Mapping[str, Any]:
    """The body of an error; ``component`` is what was at fault, empty when it is the request as a whole."""
    return {"message": message, "errorType": str(error_type), "component": shortened(component)}


def _cell_count(value: int, limit: int) -> Mapping[str, Any]:
    message = f"Your request exceeds the configured cell limit of {limit:,}. It contains at least {value:,} cells."
    return {"message": message, "errorType": str(ErrorType.CELL_COUNT), "value": value, "limit": limit}


def shortened(text: str) -> str:
    """``text``, cut where it is longer than anything we would have sent."""
    return text if len(text) <= LONGEST_ECHO else f"{text[:LONGEST_ECHO]}..."
