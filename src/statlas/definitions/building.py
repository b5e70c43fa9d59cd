"""From the parts of a definition to a database: what spans several keys, entries or files.

Anything that refers to an entry with mistakes of its own is passed over: that entry is already reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from statlas.definitions.asking import parse_codes, parse_dimension, parse_periods
from statlas.definitions.code_files import Files
from statlas.definitions.findings import Findings, Place, did_you_mean, listed
from statlas.definitions.form import (
    AnnotationForm,
    DateForm,
    DimensionForm,
    FieldForm,
    LevelForm,
    MeasureForm,
    TableForm,
)
from statlas.definitions.levels import LevelBuilder
from statlas.definitions.sources import source_of
from statlas.definitions.validating import Part, Parts
from statlas.errors import QueryError
from statlas.model.classification import Classification, Valueset
from statlas.model.database import (
    Annotation,
    Contact,
    Database,
    Field,
    FieldKind,
    Measure,
    ReadyTable,
    RecordTable,
)
from statlas.model.derivation import Column, Constant
from statlas.model.period import Calendar, Frequency
from statlas.model.query import Dimension, Filter, Query, Role, TimeSelector

T = TypeVar("T")
_DATE_LABELS = {"month": "Month", "quarter": "Quarter", "year": "Year", "financial_year": "Financial year"}
# Names of columns that the encoded records keep for themselves.
_RESERVED = ("record_key",)


def build(parts: Parts, files: Files) -> Database:
    """The database of a definition; it is whole only if nothing was found."""
    return _Builder(parts, files).database()


@dataclass(frozen=True)
class _Builder:
    parts: Parts
    files: Files

    @property
    def findings(self) -> Findings:
        return self.files.findings

    @property
    def table(self) -> str:
        return self.parts.top.records.table

    def database(self) -> Database:
        top = self.parts.top
        calendar = Calendar(Frequency(top.date.frequency), top.date.period_label)
        date = self._date(top.date, calendar)
        database = Database(
            id=top.id,
            label=top.label,
            records=RecordTable(top.records.table, top.records.label, top.unit, top.records.unit_id),
            calendar=calendar,
            fields=(date, *self._fields(LevelBuilder(self.files, calendar))),
            measures=tuple(self._measure(part.form) for part in self.parts.measures if part.form),
            folder=tuple(top.folder),
            description=top.description.strip(),
            family=top.family,
            policy=top.policy,
            licence=top.licence,
            contact=Contact(top.contact.name, top.contact.email),
            methodology=top.methodology or "",
            source=top.source.strip(),
            synthetic=top.synthetic,
        )
        self._check_unique(database)
        return _Attached(self.parts, self.findings, database).database()

    def _date(self, form: DateForm, calendar: Calendar) -> Field:
        valueset = Valueset(form.valueset or f"C_{form.id}", form.label or _DATE_LABELS[form.frequency], ())
        if form.column and form.period:
            mend = "Keep `column`, or `period` for records without a date."
            self.findings.add(("date", "period"), "two-of-one", "either `column` or `period`", mend)
        if form.period:
            _told(self.findings, ("date", "period"), lambda: calendar.check(form.period or ""))
        return Field(
            id=form.id,
            label=form.label or _DATE_LABELS[form.frequency],
            table=form.table or self.table,
            classification=Classification((valueset,)),
            source=Column(form.column) if form.column else Constant(form.period),
            kind=FieldKind.DATE,
        )

    def _fields(self, levels: LevelBuilder) -> Iterator[Field]:
        for part in self.parts.fields:
            if part.form is not None:
                yield from self._field(part, part.form, levels)

    def _field(self, part: Part[FieldForm], form: FieldForm, levels: LevelBuilder) -> Iterator[Field]:
        classification = self._classification(part, form, levels)
        source = source_of(part, form, classification, self.files)
        self._check_field(part, form, classification)
        if classification is None or source is None:
            return
        yield Field(
            id=form.id,
            label=form.label,
            table=form.table or self.table,
            classification=classification,
            source=source,
            kind=FieldKind(form.kind),
            default_valueset=form.default_level or "",
            group=form.group,
            description=form.description.strip(),
            missing=form.missing,
            inherit=form.inherit,
            inherit_reason=form.inherit_reason.strip(),
        )

    def _classification(self, part: Part[FieldForm], form: FieldForm, levels: LevelBuilder) -> Classification | None:
        if (form.levels is None) == (form.codes is None):
            if not part.doubtful:
                mend = "Write `codes:` for one level, `levels:` for several."
                self.findings.add(part.place, "one-of", "either `codes` or `levels`", mend)
            return None
        if form.codes is not None:
            level = LevelForm(id=f"C_{form.id}", label=form.label, codes=form.codes, parent_level=None)
            return levels.build([level], [part.place])
        places: list[Place] = [(*part.place, "levels", n) for n in range(len(form.levels or ()))]
        return levels.build(form.levels or (), places)

    def _check_field(self, part: Part[FieldForm], form: FieldForm, classification: Classification | None) -> None:
        if not form.inherit and not form.inherit_reason.strip():
            words = "a reason why its values are not sensitive, in `inherit_reason`"
            self.findings.add((*part.place, "inherit"), "no-reason", words, "Write it, or leave `inherit` out.")
        if form.id in _RESERVED or form.id.endswith("__missing"):
            self.findings.add((*part.place, "id"), "reserved-id", "another id; this one is reserved", "Rename it.")
        if classification is None:
            return
        if form.default_level and form.default_level not in classification:
            known = [v.id for v in classification]
            mend = did_you_mean(form.default_level, known, f"The levels are {listed(known)}.")
            self.findings.add((*part.place, "default_level"), "unknown-level", "a level of this field", mend)
        leaves = {leaf.code for leaf in classification.leaves}
        if form.missing is not None and form.missing not in leaves:
            words = "a code of the finest level for blanks"
            self.findings.add((*part.place, "missing"), "unknown-code", words, "Add it to the code list.")

    def _measure(self, form: MeasureForm) -> Measure:
        default = 2 if form.unit == "GBP" else 0
        return Measure(
            id=form.id,
            label=form.label,
            table=form.table or self.table,
            column=form.column,
            unit=form.unit,
            precision=default if form.precision is None else form.precision,
            statistics=tuple(dict.fromkeys(form.statistics)),
            description=form.description.strip(),
        )

    def _check_unique(self, database: Database) -> None:
        fields = [part for part in self.parts.fields if part.form is not None]
        date: Place = ("date",)
        ids = [(database.date.id, date), *((p.claimed_id, p.place) for p in fields)]
        ids += [(p.claimed_id, p.place) for p in self.parts.measures]
        self._each_once(ids, "id", "duplicate-id")
        labels = [(database.date.label, date), *((p.form.label, p.place) for p in fields if p.form)]
        self._each_once(labels, "label", "duplicate-label")
        self._each_once([(p.claimed_id, p.place) for p in self.parts.tables], "id", "duplicate-id")

    def _each_once(self, names: Sequence[tuple[str, Place]], key: str, code: str) -> None:
        seen: set[str] = set()
        for name, place in names:
            if name and name in seen:
                mend = f"{name!r} is used above; choose another."
                self.findings.add((*place, key), code, f"a {key} of its own", mend)
            seen.add(name)


@dataclass(frozen=True)
class _Attached:
    """Adds to a database what refers to its fields: notes and ready-made tables."""

    parts: Parts
    findings: Findings
    bare: Database

    def database(self) -> Database:
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
            return _told(self.findings, place, lambda: self.bare.calendar.check(code)) is not None
        return _told(self.findings, place, lambda: parse_codes(field, [code])) is not None

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
        query = _told(
            self.findings,
            part.place,
            lambda: Query(self.bare.id, tuple(form.measures), tuple(dimensions), filters),
        )
        if query is not None:
            yield ReadyTable(form.id, form.title, query, form.view)

    def _dimensions(self, place: Place, form: TableForm) -> list[Dimension] | None:
        calendar = self.bare.calendar
        time = _told(self.findings, (*place, "periods"), lambda: parse_periods(form.periods, calendar))
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
        return _told(self.findings, place, lambda: parse_dimension(self.bare, spec, role))

    def _filter(self, place: Place, field_id: str, codes: Sequence[str]) -> Iterator[Filter]:
        where = (*place, "filters", field_id)
        field = self._field(where, field_id)
        if field is None:
            return
        if field.kind is FieldKind.DATE:
            self.findings.add(where, "bad-date", "a filter on another field", "Choose periods in `periods`.")
            return
        found = _told(self.findings, where, lambda: Filter(field.id, parse_codes(field, codes)))
        if found is not None:
            yield found

    def _check_measures(self, place: Place, form: TableForm) -> None:
        known = [self.bare.records.id, *(part.claimed_id for part in self.parts.measures)]
        for name in form.measures:
            if name not in known:
                mend = did_you_mean(name, known, f"The measures are {listed(known)}.")
                self.findings.add((*place, "measures"), "unknown-measure", "a measure of this database", mend)


def _told(findings: Findings, place: Place, make: Callable[[], T]) -> T | None:
    """What ``make`` gives; None, with a finding, if it is a query that cannot be."""
    try:
        return make()
    except QueryError as error:
        findings.add(place, "bad-value", error.message.rstrip("."), error.mend)
        return None
