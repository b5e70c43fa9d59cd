"""The interface as django-ninja knows it: ``routes`` gives it its endpoints, ``pages`` tells of them."""

from __future__ import annotations

from ninja import NinjaAPI

from statlas.version import VERSION

api = NinjaAPI(
    title="Statlas native API",
    version=VERSION,
    description="Protected tables of every database published here: the same numbers as on the pages. Open to "
    "anybody within limits; a key raises them.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="native",
)
