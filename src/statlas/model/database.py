"""What a user picks first: a database with its record table, fields, measures and notes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from statlas.errors import UnknownNameError
from statlas.model.classification import Classification, Node, Valueset
from statlas.model.derivation import Source
from statlas.model.period import Calendar
from statlas.model.query import Query


class FieldKind(StrEnum):
    """What a field classifies by: ``date``, ``geography`` or any other ``category``."""

    DATE = "date"
    GEOGRAPHY = "geography"
    CATEGORY = "category"


@dataclass(frozen=True)
class Field:
    """A column to classify by, such as *Private or Social Rented*.

    ``id`` is unique in its database; ``table`` is the part of the public id between database and field.
    ``source`` says how a record's code is found; ``missing`` is the leaf code that a blank value becomes
    (None: a blank is a fault).
    ``inherit`` is off only for a field whose values are not sensitive, with ``inherit_reason`` (decisions page D4).
    """

    id: str
    label: str
    table: str
    classification: Classification
    source: Source
    kind: FieldKind = FieldKind.CATEGORY
    default_valueset: str = ""
    group: str = ""
    description: str = ""
    missing: str | None = None
    inherit: bool = True
    inherit_reason: str = ""

    @property
    def valueset(self) -> Valueset:
        """The valueset used when a query names none: the default one, else the coarsest."""
        return self.classification[self.default_valueset] if self.default_valueset else self.classification.valuesets[0]


@dataclass(frozen=True)
class RecordTable:
    """Rows of one kind of thing; ``RecordTable("V_F_HB_NEW", "Housing Benefit Claimants", "claimant")``.

    ``unit_id`` is the column that identifies the unit; None means that keys come from the row itself and do not
    survive edits.
    """

    id: str
    label: str
    unit: str
    unit_id: str | None = None


@dataclass(frozen=True)
class Measure:
    """A number to summarise, such as *Weekly Award Amount*: money is kept in whole pence."""

    id: str
    label: str
    table: str
    column: str
    unit: str
    precision: int
    statistics: tuple[str, ...] = ("SUM", "MEAN")
    description: str = ""

    @property
    def is_money(self) -> bool:
        """Whether the unit is pounds, held as integer pence."""
        return self.unit == "GBP"


@dataclass(frozen=True)
class Annotation:
    """A note by short key on the database, a field, a value or a cell.

    ``where`` is a tuple of (field id, code id or None): empty for the database, one pair with None for a field, one
    pair with a code for a value, two or more pairs for the cells in which all of them meet.
    """

    key: str
    text: str
    where: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True)
class ReadyTable:
    """A table made ready by the publisher: a title, its query, and how to show it (``table``, ``chart`` or ``map``)."""

    id: str
    title: str
    query: Query
    view: str = "table"


@dataclass(frozen=True)
class Contact:
    """Who answers questions about a database."""

    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Database:
    """A record table with everything one needs to ask it; the periods are those of one release.

    ``fields`` hold the date field first, then the others in definition order.
    """

    id: str
    label: str
    records: RecordTable
    calendar: Calendar
    fields: tuple[Field, ...]
    measures: tuple[Measure, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    tables: tuple[ReadyTable, ...] = ()
    folder: tuple[str, ...] = ()
    description: str = ""
    family: str = "default"
    policy: str = "standard"
    licence: str = "OGL-UK-3.0"
    contact: Contact = field(default_factory=Contact)
    methodology: str = ""
    source: str = ""
    synthetic: bool = False

    @cached_property
    def _fields(self) -> dict[str, Field]:
        return {f.id: f for f in self.fields}

    @property
    def date(self) -> Field:
        """The mandatory date field."""
        return self.fields[0]

    @property
    def periods(self) -> tuple[str, ...]:
        """Period codes of the release, oldest first."""
        return tuple(code.id for code in self.date.valueset)

    @property
    def categories(self) -> tuple[Field, ...]:
        """Every field but the date, in definition order."""
        return self.fields[1:]

    def field(self, field_id: str) -> Field:
        """The field of that id, or of that label where no id fits.

        Raises:
            UnknownNameError: there is none.
        """
        found = self._fields.get(field_id) or next((f for f in self.fields if f.label == field_id), None)
        if found is None:
            raise UnknownNameError(
                f"{field_id!r} is not a field of {self.id}.",
                component=field_id,
                mend=f"It has {', '.join(self._fields)}.",
            )
        return found

    def measure(self, measure_id: str) -> Measure:
        """The measure of that id.

        Raises:
            UnknownNameError: there is none.
        """
        for measure in self.measures:
            if measure.id == measure_id:
                return measure
        raise UnknownNameError(f"{measure_id!r} is not a measure of {self.id}.", component=measure_id)

    def with_periods(self, periods: tuple[str, ...]) -> Database:
        """This database with the date field listing ``periods``, oldest first."""
        valueset = self.date.classification.valuesets[0]
        codes = tuple(self.calendar.code(period) for period in sorted(periods))
        listed = Classification((Valueset(valueset.id, valueset.label, codes),))
        return replace(self, fields=(replace(self.date, classification=listed), *self.categories))

    def label_of(self, field_id: str, node: Node) -> str:
        """The label of a node of a field."""
        return self.field(field_id).classification.code(node).label
