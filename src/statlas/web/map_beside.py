"""The second map of a page: the same table at another date, or another table by its address (``with=``).

An address that names no release is of the moment that the page names, or of the page's release where both are of one
database: a page of then does not show something of today beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, unquote, urlsplit

from django.http import Http404

from statlas.definitions.address import MAP, Parameters, query_of, query_string, single, with_date
from statlas.errors import QueryError, StatlasError
from statlas.model.classification import Node
from statlas.model.database import Database
from statlas.model.query import Item, Query
from statlas.web import asking, links
from statlas.web.mapped import Mapped, mapped_of
from statlas.wording import _

WITH = "with"
"""The part of a map's address that names the second."""

_PAGES = ("table", "map", "chart")


@dataclass(frozen=True)
class Address:
    """The address of a table of this site: what stands before its parts, its database, and they."""

    page: str
    database_id: str
    parts: Parameters

    @classmethod
    def read(cls, text: str) -> Address | None:
        """The address in a text; None where it is none of a table."""
        try:
            found = urlsplit(text)
        except ValueError:
            return None
        pieces = found.path.strip("/").split("/")
        if len(pieces) < 3 or pieces[-3] != "databases" or pieces[-1] not in _PAGES:  # noqa: PLR2004
            return None
        return cls(text.partition("?")[0], unquote(pieces[-2]), tuple(parse_qsl(found.query)))

    @property
    def has_release(self) -> bool:
        """Whether it says of when its table is."""
        return any(single(self.parts, name) for name in (asking.RELEASE, asking.AS_OF))

    def at(self, name: str, value: str) -> str:
        """The address with a release, or with a moment."""
        kept = (part for part in self.parts if part[0] not in (asking.RELEASE, asking.AS_OF))
        return f"{self.page}?{query_string((*kept, (name, value)))}"


def settled(parameters: Parameters, database_id: str, moment: str) -> Parameters:
    """A map's parts in which the address of the second table says of when it is, where that follows from the first.

    Args:
        moment: that the page's address named; empty where it named none.
    """
    found = Address.read(single(parameters, WITH))
    if found is None or found.has_release:
        return parameters
    release = single(parameters, asking.RELEASE) if found.database_id == database_id else ""
    name, value = (asking.AS_OF, moment) if moment else (asking.RELEASE, release)
    return links.changed(parameters, **{WITH: found.at(name, value)}) if value else parameters


def pinned(parameters: Parameters, other: Mapped | None) -> Parameters:
    """A map's parts in which the second table is for ever of the release that is shown."""
    found = Address.read(single(parameters, WITH))
    if found is None or other is None:
        return parameters
    return links.changed(parameters, **{WITH: found.at(asking.RELEASE, other.cube.release)})


def second(mapped: Mapped) -> tuple[Mapped | None, str]:
    """The second map, or why it cannot be drawn; where both show the same kind of number, in the classes of the first.

    Both empty where none is asked for.
    """
    text = single(mapped.parameters, WITH)
    if not text:
        return None, ""
    try:
        database, query, given = _table(mapped.database, mapped.query, text)
        own = tuple(one for one in given if one[0] in MAP) or tuple(
            one for one in mapped.drawn if one[0] not in (WITH, "against", "at", "step")
        )
        return _alike(mapped, mapped_of(database, query, own)), ""
    except (StatlasError, ValueError, Http404) as error:
        return None, str(error)


def _alike(mapped: Mapped, other: Mapped) -> Mapped:
    one, two = mapped.sheet, other.sheet
    is_comparable = one.what == two.what and one.scale.is_diverging == two.scale.is_diverging
    return replace(other, sheet=replace(two, scale=one.scale)) if is_comparable else other


def _table(database: Database, query: Query, text: str) -> tuple[Database, Query, Parameters]:
    """The table of the second map: the same at another date, or the one whose address is given.

    Raises:
        QueryError: it is neither, or the table cannot be asked for.
    """
    if text in database.periods:
        date = Item((Node(database.date.classification.valuesets[0].id, text),))
        changed = tuple(
            replace(d, items=(date,), time=None, valueset=None) if d.field == database.date.id else d
            for d in query.dimensions
        )
        return database, replace(query, dimensions=changed), ()
    found = Address.read(text)
    if found is None:
        raise QueryError(
            _("The map beside it is neither a date of this database nor the address of a table."),
            mend=_("Choose a date, or copy the address of a table of this site."),
        )
    parameters = asking.read(found.parts, found.database_id)
    other = asking.database(found.database_id, single(parameters, asking.RELEASE))
    return other, with_date(other, query_of(other, parameters)), parameters
