"""What is shown to someone signed in is kept by no cache and no browser."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PRIVATE = ("/account", "/admin", "/work")


class PrivatePages:
    """Middleware: pages of accounts, and every page that asked who is there, are for one visitor alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        response = self.get_response(request)
        if request.path.startswith(PRIVATE) or request.session.accessed:
            response.headers["Cache-Control"] = "private, no-store"
        return response
