"""Notes and ready-made tables: the parts of a definition that refer to its fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from statlas.definitions.asking import parse_codes, parse_dimension, parse_periods
from statlas.definitions.findings import Findings, Place, did_you_mean, listed
from statlas.definitions.form import AnnotationForm, DimensionForm, TableForm
from statlas.definitions.validating import Part, Parts
from statlas.errors import QueryError
from statlas.model.database import Annotation, Database, Field, FieldKind, ReadyTable
from statlas.model.query import Dimension, Filter, Query, Role, TimeSelector

T = TypeVar("T")


@dataclass(frozen=True)
class Attaching:
    """Adds to a database what refers to its fields: notes and ready-made tables.

    Anything that refers to an entry with mistakes of its own is passed over: that entry is already reported.
    """

    parts: Parts
    findings: Findings
    bare: Database

    def database(self) -> Database:
        """The database with its notes and tables."""
        annotations = tuple(a for part in self.parts.annotations for a in self._annotation(part))
        tables = tuple(t for part in self.parts.tables for t in self._ready(part))
        return replace(self.bare, annotations=annotations, tables=tables)

    def _annotation(self, part: Part[AnnotationForm]) -> Iterator[Annotation]:
        form = part.form
        if form is None:
            return
        if form.cell is not None and (form.field or form.code):
            mend = "Use `field` and `code` for a value, `cell` for cells."
            self.findings.add(part.place, "two-of-one", "either `field` or `cell`", mend)
            return
        if form.code is not None and form.field is None:
            self.findings.add((*part.place, "code"), "missing-key", "the `field` of this code", "Add `field`.")
            return
        where = tuple(form.cell.items()) if form.cell is not None else ((form.field, form.code),) if form.field else ()
        known = [self._known_code(part.place, field, code) for field, code in where]
        if all(known):
            yield Annotation(form.key, form.text.strip(), where)

    def _known_code(self, place: Place, field_id: str, code: str | None) -> bool:
        field = self._field(place, field_id)
        if field is None:
            return False
        if code is None:
            return True
        if field.kind is FieldKind.DATE:
            return told(self.findings, place, lambda: self.bare.calendar.check(code)) is not None
        return told(self.findings, place, lambda: parse_codes(field, [code])) is not None

    def _field(self, place: Place, field_id: str) -> Field | None:
        known = {field.id: field for field in self.bare.fields}
        broken = {part.claimed_id for part in self.parts.fields} - known.keys()
        if field_id not in known and field_id not in broken:
            mend = did_you_mean(field_id, known, f"The fields are {listed(known)}.")
            self.findings.add(place, "unknown-field", f"a field of this database, not {field_id!r}", mend)
        return known.get(field_id)

    def _ready(self, part: Part[TableForm]) -> Iterator[ReadyTable]:
        form = part.form
        if form is None:
            return
        before = len(self.findings.faults)
        dimensions = self._dimensions(part.place, form)
        filters = tuple(f for field, codes in form.filters.items() for f in self._filter(part.place, field, codes))
        self._check_measures(part.place, form)
        if dimensions is None or len(self.findings.faults) > before:
            return
        query = told(
            self.findings,
            part.place,
            lambda: Query(self.bare.id, tuple(form.measures), tuple(dimensions), filters),
        )
        if query is not None:
            yield ReadyTable(form.id, form.title, query, form.view)

    def _dimensions(self, place: Place, form: TableForm) -> list[Dimension] | None:
        calendar = self.bare.calendar
        time = told(self.findings, (*place, "periods"), lambda: parse_periods(form.periods, calendar))
        found: list[Dimension] = []
        whole = time is not None
        for role in Role:
            for n, given in enumerate(getattr(form, role)):
                dimension = self._dimension((*place, str(role), n), given, role, time)
                whole = whole and dimension is not None
                found += [dimension] if dimension is not None else []
        date = self.bare.date.id
        if time is not None and time != TimeSelector() and all(d.field != date for d in found):
            found.append(Dimension(date, time=time, role=Role.WAFERS))
        return found if whole else None

    def _dimension(
        self, place: Place, given: str | DimensionForm, role: Role, time: TimeSelector | None
    ) -> Dimension | None:
        spec: str | Mapping[str, Any] = given if isinstance(given, str) else given.model_dump(exclude_none=True)
        field_id = given.partition("@")[0] if isinstance(given, str) else given.field
        field = self._field(place, field_id)
        if field is None:
            return None
        if field.kind is FieldKind.DATE:
            if spec not in (field_id, {"field": field_id, "total": False}):
                self.findings.add(place, "bad-date", "the date field alone", "Choose its periods in `periods`.")
                return None
            return Dimension(field.id, time=time, role=role)
        return told(self.findings, place, lambda: parse_dimension(self.bare, spec, role))

    def _filter(self, place: Place, field_id: str, codes: Sequence[str]) -> Iterator[Filter]:
        where = (*place, "filters", field_id)
        field = self._field(where, field_id)
        if field is None:
            return
        if field.kind is FieldKind.DATE:
            self.findings.add(where, "bad-date", "a filter on another field", "Choose periods in `periods`.")
            return
        found = told(self.findings, where, lambda: Filter(field.id, parse_codes(field, codes)))
        if found is not None:
            yield found

    def _check_measures(self, place: Place, form: TableForm) -> None:
        known = [self.bare.records.id, *(part.claimed_id for part in self.parts.measures)]
        for name in form.measures:
            if name not in known:
                mend = did_you_mean(name, known, f"The measures are {listed(known)}.")
                self.findings.add((*place, "measures"), "unknown-measure", "a measure of this database", mend)


def told(findings: Findings, place: Place, make: Callable[[], T]) -> T | None:
    """What ``make`` gives; None, with a finding, if it is a query that cannot be."""
    try:
        return make()
    except QueryError as error:
        findings.add(place, "bad-value", error.message.rstrip("."), error.mend)
        return None
