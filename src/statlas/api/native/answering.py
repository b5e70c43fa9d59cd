"""What the endpoints of tables share: the question of a request, its cube, and the headers of its answer."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from statlas.api.native import asking, dated, doorway, read
from statlas.api.native.asking import DOOR, MOST_CELLS
from statlas.api.native.dated import When
from statlas.api.native.read import Asked
from statlas.definitions.address import Parameters
from statlas.model.cube import Cube
from statlas.model.query_data import digest_of
from statlas.model.usage import UseKind
from statlas.service import tables
from statlas.service.office import using


def accept(request: HttpRequest) -> str:
    """Which forms of an answer are wished for."""
    return request.headers.get("Accept", "")


def by_address(request: HttpRequest, without: Iterable[str] = ()) -> Asked:
    """The question of an address; ``without`` are parts that are of the endpoint."""
    own = frozenset(without)
    given: Parameters = tuple(one for one in asking.parameters(request) if one[0] not in own)
    return _noted(request, read.from_address(asking.home(), given))


def by_body(request: HttpRequest, known: Iterable[str] = ()) -> Asked:
    """The question of a body; ``known`` are parameters that may stand in the address beside it, and of when it is."""
    asking.refuse_others(request, *sorted(known), *dated.NAMES)
    return _noted(request, read.from_body(asking.home(), asking.body(request), When.of(request)))


def _noted(request: HttpRequest, asked: Asked) -> Asked:
    using.note(request, asked.query.database, UseKind.API)
    return asked


def cube(request: HttpRequest, asked: Asked, most_counted: int | None = None) -> Cube:
    """The table, its cells counted towards the limit of whoever asks: all of them, or those that are given."""
    cube = tables.table(home=asking.home(), query=asked.query, door=DOOR, max_cells=MOST_CELLS)
    n = cube.n_cells if most_counted is None else min(most_counted, cube.n_cells)
    doorway.spending_of(request).count_cells(n * len(cube.measures))
    return cube


def of_table(response: HttpResponseBase, asked: Asked, cube: Cube, link: str = "") -> HttpResponseBase:
    """The answer with the digest of the query, its release, and the address of the same table for good."""
    response.headers[doorway.DIGEST] = digest_of(cube.query)
    if link:
        response.headers["Link"] = f'<{link}>; rel="canonical"'
    return of_release(response, asked)


def of_release(response: HttpResponseBase, asked: Asked) -> HttpResponseBase:
    """The answer with the release that answers; where the question names it, to be kept for good."""
    response.headers[doorway.RELEASE] = str(asked.query.release)
    if asked.is_kept:
        response.headers["Cache-Control"] = doorway.PINNED
    return response
