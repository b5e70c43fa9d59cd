"""Compression of answers, but of files that may be had in parts: a part is one of the bytes that stand on the disk."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class Compression(GZipMiddleware):
    """Django's, which passes over an answer that says ``Accept-Ranges``."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The answer, compressed where the client takes it."""
        return response if response.has_header("Accept-Ranges") else super().process_response(request, response)
