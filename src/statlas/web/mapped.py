"""A map that an address asks for: the table, what is drawn of it, and with whose shapes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from statlas.charts import Setting, maps_describing
from statlas.charts.cells import parts
from statlas.charts.maps import MapChoice
from statlas.charts.maps_sheet import MapSheet
from statlas.charts.setting import Theme, Width
from statlas.definitions.address import MAP, Parameters, parameters_of, query_of, single, with_date
from statlas.errors import QueryError
from statlas.model import titles as model_titles
from statlas.model.boundary import Boundaries
from statlas.model.cube import Cube
from statlas.model.database import Database, FieldKind
from statlas.model.query import Query
from statlas.web import asking, form, mapping, titles
from statlas.wording import _


@dataclass(frozen=True, eq=False)
class Mapped:
    """A map that an address asks for: the table, what is drawn of it, and with whose shapes."""

    database: Database
    query: Query
    cube: Cube
    parameters: Parameters
    choice: MapChoice
    sheet: MapSheet
    shapes: Boundaries | None

    @cached_property
    def canonical(self) -> Parameters:
        """The table's parts of the address."""
        return parameters_of(self.query)

    @cached_property
    def drawn(self) -> Parameters:
        """The map's parts of the address, as they were given."""
        return tuple(one for one in self.parameters if (one[0] in MAP or one[0] == "step") and one[1])

    @cached_property
    def here(self) -> Parameters:
        """The whole address of the map."""
        return (*self.canonical, *self.drawn)

    @cached_property
    def title(self) -> str:
        """What the publisher calls the table, or what its parts say."""
        return titles.ready_title(self.database, self.query) or model_titles.title(self.cube, self.database)

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The map in words."""
        return maps_describing.description(self.sheet)

    @property
    def alternative(self) -> str:
        """The same in one."""
        return " ".join(self.sentences)


def read(parameters: Parameters, database_id: str) -> tuple[Database, Query, Parameters]:
    """The table of an address; its database as it is now where there is no such release, to say so on its page."""
    database = asking.database_or_current(database_id, single(parameters, asking.RELEASE))
    parameters = form.or_default(database, parameters)
    return database, with_date(database, query_of(database, parameters)), parameters


def mapped_of(database: Database, query: Query, parameters: Parameters, address: str = "") -> Mapped:
    """The map of a query.

    Raises:
        StatlasError: the address cannot be read, the table not answered, or it has no areas.
    """
    query = mapping.including(database, query, single(parameters, "against"))
    if not any(database.field(d.field).kind is FieldKind.GEOGRAPHY for d in query.dimensions):
        raise QueryError(_("The table has no areas to draw."), mend=_("Choose a geography to draw it by."))
    cube = asking.table(query)
    chosen = _at_step(cube, mapping.choice(cube, parameters), parameters)
    title = titles.ready_title(database, query) or model_titles.title(cube, database)
    setting = Setting(
        title,
        model_titles.subtitle(cube, database),
        address,
        Theme(single(parameters, "theme") or "light"),
        Width(single(parameters, "width") or "wide"),
    )
    sheet, shapes = mapping.sheet_of(database, cube, chosen, setting, find=single(parameters, "find"))
    return Mapped(database, query, cube, parameters, chosen, sheet, shapes)


def _at_step(cube: Cube, chosen: MapChoice, parameters: Parameters) -> MapChoice:
    """The choice at the date that ``step`` names, from 1."""
    text, dates = single(parameters, "step"), dates_of(cube)
    if not text or not dates:
        return chosen
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) <= len(dates)):
        raise QueryError(_("There is no such step."), mend=_("The table has {n} dates.").format(n=len(dates)))
    field = next(d.field for d in cube.dimensions if d.is_date)
    others = tuple(one for one in chosen.at if one[0] != field)
    return replace(chosen, at=(*others, (field, dates[int(text) - 1])))


def dates_of(cube: Cube) -> tuple[int, ...]:
    """Positions of the dates of a table; empty if there is one alone."""
    found = next((parts(d) for d in cube.dimensions if d.is_date), ())
    return found if len(found) > 1 else ()
