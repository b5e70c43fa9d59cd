"""``/healthz``: whether the site can answer, for whoever watches over it."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse

from statlas.errors import StatlasError
from statlas.web import asking


def healthz(_request: HttpRequest) -> JsonResponse:
    """200 with the release of every database, or 503 with the kind of error that stops the site."""
    try:
        home = asking.home()
        releases = {name: home.current(name).release for name in home.databases()}
    except (StatlasError, OSError) as error:
        code = error.code if isinstance(error, StatlasError) else "home"
        return JsonResponse({"ok": False, "error": code}, status=503)
    return JsonResponse({"ok": True, "databases": releases})
