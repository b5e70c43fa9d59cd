"""``/healthz``: whether the site can answer, for whoever watches over it."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse

from statlas.errors import StatlasError
from statlas.service.office import watching
from statlas.web import asking


def healthz(_request: HttpRequest) -> JsonResponse:
    """200 with the release of every database, or 503 with what is wrong: the site cannot answer, or nothing would open
    at its minute.
    """
    try:
        home = asking.home()
        releases = {name: home.current(name).release for name in home.databases()}
    except (StatlasError, OSError) as error:
        code = error.code if isinstance(error, StatlasError) else "home"
        return JsonResponse({"ok": False, "error": code}, status=503)
    trouble = watching.wrong(home)
    if trouble is not None:
        problem = {"ok": False, "error": trouble.kind, "detail": trouble.said, "databases": releases}
        return JsonResponse(problem, status=503)
    return JsonResponse({"ok": True, "databases": releases})
