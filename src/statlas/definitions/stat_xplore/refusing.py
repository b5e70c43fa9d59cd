"""What is said of a request that cannot be read: its type, for programs, beside the sentence."""

from __future__ import annotations

from enum import StrEnum

from statlas.errors import QueryError, UnknownNameError
from statlas.wording import _

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
    TXD_NOT_FOUND = "TXD_NOT_FOUND"
    STATISTIC_NOT_AVAILABLE = "STATISTIC_NOT_AVAILABLE"
    DISCLOSURE_REFUSED = "DISCLOSURE_REFUSED"
    REQUEST_TOO_LARGE = "REQUEST_TOO_LARGE"
    RATE_LIMIT_EXCEEDED = "RATE_LIMIT_EXCEEDED"
    API_KEY_REQUIRED = "API_KEY_REQUIRED"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    ENDPOINT_NOT_FOUND = "ENDPOINT_NOT_FOUND"
    SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"


def unknown_component(component: str) -> UnknownNameError:
    """The error for an id that names nothing here."""
    return UnknownNameError(
        _("Could not find the requested component: {component}.").format(component=shortened(component)),
        component=component,
    )


def refused(error_type: ErrorType, message: str, *, component: str = "", mend: str = "") -> QueryError:
    """The error for a request that cannot be answered as it stands."""
    return QueryError(message, mend=mend, error_type=error_type, component=component)


def shortened(text: str) -> str:
    """``text``, cut where it is longer than anything we would have sent."""
    return text if len(text) <= LONGEST_ECHO else f"{text[:LONGEST_ECHO]}..."
