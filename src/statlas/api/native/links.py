"""Addresses of the interface, and of the pages for people, under the name by which the site was reached."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from django.http import HttpRequest

from statlas.definitions.address import Parameters, parameters_of, query_string
from statlas.model.query import Query

ROOT = "/api/v1"

LONGEST = 8_000
"""Characters of an address that every server and proxy reads (RFC 9110, 4.1); longer ones are not offered."""


class Links:
    """Absolute addresses; empty where one would be too long to be read."""

    def __init__(self, request: HttpRequest) -> None:
        self._base = request.build_absolute_uri("/")[:-1]

    def to(self, path: str, parameters: Iterable[tuple[str, str]] = ()) -> str:
        """An address of the interface: ``to("/databases")``."""
        return self._site(f"{ROOT}{path}", parameters)

    def schema(self, database_id: str, release: str = "") -> str:
        """A database, as of a release."""
        return self.to(f"/databases/{quote(database_id)}", _release(release))

    def codes(self, database_id: str, field: str, level: str, release: str) -> str:
        """The codes of a level."""
        path = f"/databases/{quote(database_id)}/fields/{quote(field, safe='')}/codes"
        return self.to(path, (("level", level), *_release(release)))

    def table(self, query: Query, suffix: str = "") -> str:
        """A table; ``suffix`` names the kind of file."""
        return self.to(f"/tables{'.' if suffix else ''}{suffix}", self._of(query))

    def cell(self, query: Query, more: Parameters) -> str:
        """What is said of a cell."""
        return self.to("/tables/cell", (*self._of(query), *more))

    def job(self, job_id: str) -> str:
        """A job."""
        return self.to(f"/jobs/{job_id}")

    def job_file(self, job_id: str) -> str:
        """The file of a job."""
        return self.to(f"/jobs/{job_id}/file")

    def job_page(self, job_id: str) -> str:
        """The page of a job for people."""
        return self.site(f"/jobs/{job_id}")

    def site(self, path: str) -> str:
        """An address of the site."""
        return self._site(path, ())

    def page(self, query: Query) -> str:
        """The page of a table for people."""
        return self._site(f"/databases/{quote(query.database)}/table", parameters_of(query))

    def area(self, code: str) -> str:
        """What every database says of a place."""
        return self.to(f"/areas/{quote(code, safe='')}")

    def area_page(self, code: str) -> str:
        """The page of a place for people."""
        return self._site(f"/areas/{quote(code, safe='')}", ())

    def database_page(self, database_id: str) -> str:
        """The page of a database for people."""
        return self._site(f"/databases/{quote(database_id)}", ())

    def _of(self, query: Query) -> Parameters:
        return (("database", query.database), *parameters_of(query))

    def _site(self, path: str, parameters: Iterable[tuple[str, str]]) -> str:
        given = query_string(parameters)
        address = f"{self._base}{path}?{given}" if given else f"{self._base}{path}"
        return address if len(address) <= LONGEST else ""


def _release(release: str) -> Parameters:
    return (("release", release),) if release else ()
