"""Forms are taken from our own pages alone: another site cannot make a visitor's browser send one.

The interfaces for programs read no cookie, so that there is nothing to forge, and any site may ask them.
Public pages set no cookie, and their forms hold no token: ``public_form`` asks the browser where a form comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from statlas.web.explaining import forged

PROGRAMS = ("/webapi/", "/api/")
"""Where the interfaces for programs stand."""


class PageForms(CsrfViewMiddleware):
    """Django's check, of every address but those of the interfaces for programs and of ``public_form``."""

    def process_view(
        self,
        request: HttpRequest,
        callback: Callable[..., HttpResponseBase],
        callback_args: Sequence[Any],
        callback_kwargs: Mapping[str, Any],
    ) -> Any:
        """None to let the request pass, or the refusal."""
        if request.path.startswith(PROGRAMS):
            return None
        return super().process_view(request, callback, tuple(callback_args), dict(callback_kwargs))


View = Callable[..., HttpResponseBase]


def public_form(view: View) -> View:
    """A view that takes a form of a public page, without a token and without a cookie.

    It must ask nobody's name and change nothing of anybody's: what is left to guard is that no other site makes its
    visitors' browsers send the form, which browsers tell by ``Sec-Fetch-Site`` or ``Origin``.
    """

    @require_POST
    @wraps(view)
    def taken(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not _is_from_here(request):
            return forged(request)
        return view(request, *args, **kwargs)

    return csrf_exempt(taken)


def _is_from_here(request: HttpRequest) -> bool:
    """Whether a page of this site sent the form, as the browser tells; what tells nothing is nobody's browser."""
    if site := request.headers.get("Sec-Fetch-Site", ""):
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin", "")
    return not origin or urlsplit(origin).netloc == request.get_host()
