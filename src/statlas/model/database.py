"""What a user picks first: a database with its record table, fields, measures and notes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from statlas.errors import UnknownNameError
from statlas.model.classification import Classification, Node, Valueset
from statlas.model.derivation import Source
from statlas.model.mapping import MappingPlan
from statlas.model.period import Calendar
from statlas.model.protection import Protection
from statlas.model.query import Query
from statlas.wording import _


class FieldKind(StrEnum):
    """What a field classifies by: ``date``, ``geography`` or any other ``category``."""

    DATE = "date"
    GEOGRAPHY = "geography"
    CATEGORY = "category"


@dataclass(frozen=True)
class Population:
    """How many residents, or households, each area of a geography has: never claimants (decisions page D7).

    ``of`` is ``persons`` or ``households``; areas that are not listed are not judged by it.
    """

    of: str
    sizes: tuple[tuple[Node, int], ...]

    @cached_property
    def by_area(self) -> dict[Node, int]:
        """The size of each area that is listed."""
        return dict(self.sizes)


@dataclass(frozen=True)
class FormerName:
    """What a field was called once in public ids, so that queries saved then are still understood.

    ``valuesets`` are pairs of the id that a valueset had and the one it has.
    """

    table: str
    id: str
    valuesets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Field:
    """A column to classify by, such as *Private or Social Rented*.

    ``id`` is unique in its database; ``table`` is the part of the public id between database and field.
    ``source`` says how a record's code is found; ``missing`` is the leaf code that a blank value becomes
    (None: a blank is a fault).
    ``inherit`` is off only for a field whose values are not sensitive, with ``inherit_reason`` (decisions page D4).
    ``available_from`` is the first period in which it was collected; before it its cells are *not available*.
    ``population`` is that of a geography's areas, where it is known.
    ``formerly`` are names under which it was known once.
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
    available_from: str = ""
    population: Population | None = None
    formerly: tuple[FormerName, ...] = ()

    @property
    def valueset(self) -> Valueset:
        """The valueset used when a query names none: the default one, else the coarsest."""
        return self.classification[self.default_valueset] if self.default_valueset else self.classification.valuesets[0]


@dataclass(frozen=True)
class Claim:
    """Whose claim a row is: columns with the person's id and the claim's number among theirs, and the benefit's name.

    Claim 1 has the person's own key, so that counts of claims and persons agree where everybody has one
    (linkage, section 7).
    """

    person: str
    number: str
    benefit: str


@dataclass(frozen=True)
class Weight:
    """How many units of the population a record of a survey stands for; ``Weight("grossing", "Weighted persons")``.

    ``column`` holds the weight, kept to ``precision`` decimal places; ``replicates`` are columns of replicate weights,
    from which the design variance is ``scale`` times the sum of squared differences from the whole.
    Without replicates the variance is that of a sample drawn unit by unit with these weights.
    """

    column: str
    label: str
    precision: int = 4
    replicates: tuple[str, ...] = ()
    scale: float = 1.0


@dataclass(frozen=True)
class Impossible:
    """Codes of fields that never meet: every cell in which all of them stand is a structural zero.

    ``where`` holds for each field the nodes that, together with those of the others, no record has.
    """

    where: tuple[tuple[str, tuple[Node, ...]], ...]
    reason: str = ""


@dataclass(frozen=True)
class RecordTable:
    """Rows of one kind of thing; ``RecordTable("V_F_HB_NEW", "Housing Benefit Claimants", "claimant")``.

    ``unit_id`` is the column that identifies the unit; None means that keys come from the row itself and do not
    survive edits.
    ``members`` is the column that lists the unit ids of a household's members, separated by blanks: its key is the sum
    of theirs.
    ``claim`` says whose claim a row is, and which of theirs.
    """

    id: str
    label: str
    unit: str
    unit_id: str | None = None
    members: str | None = None
    claim: Claim | None = None


@dataclass(frozen=True)
class Measure:
    """A number to summarise, such as *Weekly Award Amount*: money is kept in whole pence.

    ``statistics`` are SUM, MEAN, MEDIAN and P10, P25, P75, P90 (any P1 to P99 under an open policy).
    ``edges`` are the bounds of the bands from which percentiles are read, ascending, in units of 10**-precision; empty
    lets publishing choose them.
    ``flex_point`` is the amount below which noise is relatively larger, in the same units; 0 for none.
    ``available_from`` is the first period in which it was collected.
    """

    id: str
    label: str
    table: str
    column: str
    unit: str
    precision: int
    statistics: tuple[str, ...] = ("SUM", "MEAN")
    description: str = ""
    edges: tuple[int, ...] = ()
    flex_point: int = 0
    available_from: str = ""

    @property
    def has_percentiles(self) -> bool:
        """Whether a median or another percentile may be asked for."""
        return any(statistic not in ("SUM", "MEAN") for statistic in self.statistics)

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
    """A table made ready by the publisher: a title, its query, and its view: ``table``, ``chart``, ``map``, ``motion``.

    What is ``featured`` stands on the site's first page before what is not.
    """

    id: str
    title: str
    query: Query
    view: str = "table"
    featured: bool = False


@dataclass(frozen=True)
class Contact:
    """Who answers questions about a database."""

    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Database:
    """A record table with everything one needs to ask it; the periods are those of one release.

    ``policy`` names the preset or policy file, ``protection`` is what it says.
    ``fields`` hold the date field first, then the others in definition order.
    ``next_release`` is the day on which the next is planned, ISO 8601; empty where none is announced.
    ``mapping`` says what became of names that the release before had.
    ``provisional`` says which periods are provisional: ``latest(2)``, ``202509``, ``202507..202509``.
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
    protection: Protection = field(default_factory=Protection)
    weight: Weight | None = None
    impossible: tuple[Impossible, ...] = ()
    quality: str = ""
    next_release: str = ""
    provisional: tuple[str, ...] = ()
    mapping: MappingPlan = MappingPlan()  # noqa: RUF009 - it is frozen

    @cached_property
    def _fields(self) -> dict[str, Field]:
        return {f.id: f for f in self.fields}

    @property
    def protected_by(self) -> Protection:
        """Its protection; where none of that name is given, the preset that ``policy`` names."""
        if self.protection.name == self.policy:
            return self.protection
        return Protection(self.policy, 1, self.policy)

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
                _("{field_id!r} is not a field of {database}.").format(field_id=field_id, database=self.id),
                component=field_id,
                mend=_("It has {listed}.").format(listed=", ".join(self._fields)),
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
        raise UnknownNameError(
            _("{measure_id!r} is not a measure of {database}.").format(measure_id=measure_id, database=self.id),
            component=measure_id,
        )

    def with_periods(self, periods: tuple[str, ...]) -> Database:
        """This database with the date field listing ``periods``, oldest first."""
        valueset = self.date.classification.valuesets[0]
        codes = tuple(self.calendar.code(period) for period in sorted(periods))
        listed = Classification((Valueset(valueset.id, valueset.label, codes),))
        return replace(self, fields=(replace(self.date, classification=listed), *self.categories))

    def label_of(self, field_id: str, node: Node) -> str:
        """The label of a node of a field."""
        return self.field(field_id).classification.code(node).label
