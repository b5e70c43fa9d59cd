"""What a request was given, noted on the request itself until its answer is counted."""

from __future__ import annotations

from django.http import HttpRequest

from statlas.model.usage import Use, UseKind

_NOTED = "statlas_use"


def note(request: HttpRequest, database_id: str, kind: UseKind, form: str = "") -> None:
    """Note that a request asks for something of a database; it is counted if it is answered.

    ``form`` is the kind of page or file; left out, it is told from the type of the answer.
    """
    setattr(request, _NOTED, Use(database_id, kind, form))


def noted(request: HttpRequest) -> Use | None:
    """What was noted of a request; None if nothing."""
    found = getattr(request, _NOTED, None)
    assert found is None or isinstance(found, Use)
    return found
