"""Forms are taken from our own pages alone: another site cannot make a visitor's browser send one.

The interfaces for programs read no cookie, so that there is nothing to forge, and any site may ask them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware

PROGRAMS = ("/webapi/", "/api/")
"""Where the interfaces for programs stand."""


class PageForms(CsrfViewMiddleware):
    """Django's check, of every address but those of the interfaces for programs."""

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
