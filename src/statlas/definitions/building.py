"""From the parts of a definition to a database: what spans several keys, entries or files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from statlas.definitions.asking import parse_periods
from statlas.definitions.attaching import Attaching
from statlas.definitions.code_files import Files
from statlas.definitions.field_form import FieldForm, LevelForm
from statlas.definitions.findings import Findings, Place, did_you_mean, listed
from statlas.definitions.form import DateForm, RecordsForm
from statlas.definitions.levels import LevelBuilder
from statlas.definitions.mapping_form import plan_of
from statlas.definitions.measuring import Measuring
from statlas.definitions.populating import population_of
from statlas.definitions.protecting import Protecting
from statlas.definitions.referring import told
from statlas.definitions.sources import source_of
from statlas.definitions.validating import Part, Parts
from statlas.model.classification import Classification, Valueset
from statlas.model.database import Claim, Contact, Database, Field, FieldKind, FormerName, Population, RecordTable
from statlas.model.derivation import Column, Constant
from statlas.model.period import Calendar, Frequency
from statlas.model.protection import Protection

_DATE_LABELS = {"month": "Month", "quarter": "Quarter", "year": "Year", "financial_year": "Financial year"}
# Names of columns that the encoded records keep for themselves.
_RESERVED = re.compile(r"record_key|statlas_.*|.*__missing", re.IGNORECASE)


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
        protection = Protecting(self.files).protection(top.policy, top.rules)
        resolved = protection or Protection()
        measuring = Measuring(self.findings, self.table, protection)
        database = Database(
            id=top.id,
            label=top.label,
            records=self._records(top.records, top.unit),
            calendar=calendar,
            fields=(date, *self._fields(LevelBuilder(self.files, calendar))),
            measures=tuple(measure for part in self.parts.measures for measure in measuring.measures(part)),
            folder=tuple(top.folder),
            description=top.description.strip(),
            family=top.family,
            policy=resolved.name,
            licence=top.licence,
            contact=Contact(top.contact.name, top.contact.email),
            methodology=top.methodology or "",
            quality=top.quality.strip(),
            next_release=top.next_release or "",
            provisional=self._provisional(top.date, calendar),
            source=top.source.strip(),
            synthetic=top.synthetic,
            protection=resolved,
            weight=measuring.weight(top.weight),
        )
        database = replace(database, mapping=plan_of(top.mapping, database, self.findings))
        self._check_unique(database)
        self._check_first_periods(calendar)
        return Attaching(self.parts, self.findings, database).database()

    def _records(self, form: RecordsForm, unit: str) -> RecordTable:
        if form.members and form.claim:
            mend = "A row is of a household or of a claim; make them two databases."
            self.findings.add(("records", "claim"), "two-of-one", "either `members` or `claim`", mend)
        if form.members and not form.unit_id:
            words = "the key 'unit_id' beside `members`"
            self.findings.add(("records",), "missing-key", words, "Add the column that identifies the household.")
        claim = Claim(form.claim.person, form.claim.number, form.claim.benefit) if form.claim else None
        return RecordTable(form.table, form.label, unit, form.unit_id, form.members, claim)

    def _date(self, form: DateForm, calendar: Calendar) -> Field:
        valueset = Valueset(form.valueset or f"C_{form.id}", form.label or _DATE_LABELS[form.frequency], ())
        if form.column and form.period:
            mend = "Keep `column`, or `period` for records without a date."
            self.findings.add(("date", "period"), "two-of-one", "either `column` or `period`", mend)
        if form.period:
            told(self.findings, ("date", "period"), lambda: calendar.check(form.period or ""))
        return Field(
            id=form.id,
            label=form.label or _DATE_LABELS[form.frequency],
            table=form.table or self.table,
            classification=Classification((valueset,)),
            source=Column(form.column) if form.column else Constant(form.period),
            kind=FieldKind.DATE,
            formerly=self._formerly(("date",), form, [valueset.id]),
        )

    def _provisional(self, form: DateForm, calendar: Calendar) -> tuple[str, ...]:
        for n, text in enumerate(form.provisional):
            told(self.findings, ("date", "provisional", n), partial(parse_periods, text, calendar))
        return tuple(form.provisional)

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
            available_from=form.available_from or "",
            population=self._population(part, form, classification),
            formerly=self._formerly(part.place, form, [valueset.id for valueset in classification]),
        )

    def _formerly(self, place: Place, form: DateForm | FieldForm, known: Sequence[str]) -> tuple[FormerName, ...]:
        """Names of before; each of the valuesets that it names has to be there."""
        for n, former in enumerate(form.formerly):
            for old, new in former.valuesets.items():
                if new not in known:
                    mend = did_you_mean(new, known, f"The levels are {listed(known)}.")
                    where = (*place, "formerly", n, "valuesets", old)
                    self.findings.add(where, "unknown-level", "a level of this field", mend)
        table = form.table or self.table
        return tuple(
            FormerName(former.table or table, former.id or form.id, tuple(former.valuesets.items()))
            for former in form.formerly
        )

    def _population(
        self, part: Part[FieldForm], form: FieldForm, classification: Classification | None
    ) -> Population | None:
        if form.population is None:
            return None
        place = (*part.place, "population")
        if form.kind != "geography":
            self.findings.add(place, "bad-value", "`population` on a geography only", "Say `kind: geography`.")
        return population_of(form.population, classification, self.files, place)

    def _classification(self, part: Part[FieldForm], form: FieldForm, levels: LevelBuilder) -> Classification | None:
        if (form.levels is None) == (form.codes is None):
            if not part.doubtful:
                mend = "Write `codes:` for one level, `levels:` for several."
                self.findings.add(part.place, "one-of", "either `codes` or `levels`", mend)
            return None
        if form.codes is not None:
            level = LevelForm.model_construct(id=f"C_{form.id}", label=form.label, codes=form.codes)
            return levels.build([level], [part.place])
        places: list[Place] = [(*part.place, "levels", n) for n in range(len(form.levels or ()))]
        return levels.build(form.levels or (), places)

    def _check_field(self, part: Part[FieldForm], form: FieldForm, classification: Classification | None) -> None:
        if not form.inherit and not form.inherit_reason.strip():
            words = "a reason why its values are not sensitive, in `inherit_reason`"
            self.findings.add((*part.place, "inherit"), "no-reason", words, "Write it, or leave `inherit` out.")
        known = [level.id for level in form.levels or ()] or [f"C_{form.id}"]
        if form.default_level and form.default_level not in known:
            mend = did_you_mean(form.default_level, known, f"The levels are {listed(known)}.")
            self.findings.add((*part.place, "default_level"), "unknown-level", "a level of this field", mend)
        leaves = None if classification is None else {leaf.code for leaf in classification.leaves}
        if leaves is not None and form.missing is not None and form.missing not in leaves:
            words = "a code of the finest level for blanks"
            self.findings.add((*part.place, "missing"), "unknown-code", words, "Add it to the code list.")

    def _check_first_periods(self, calendar: Calendar) -> None:
        fields = [(part.place, part.form.available_from) for part in self.parts.fields if part.form]
        measures = [(part.place, part.form.available_from) for part in self.parts.measures if part.form]
        for place, first in (*fields, *measures):
            if first is not None:
                told(self.findings, (*place, "available_from"), partial(calendar.check, first))

    def _check_unique(self, database: Database) -> None:
        fields = [part for part in self.parts.fields if part.form is not None]
        date: Place = ("date",)
        ids = [(database.date.id, date), *((p.claimed_id, p.place) for p in fields)]
        ids += [(p.claimed_id, p.place) for p in self.parts.measures]
        self._each_once(ids, "id", "duplicate-id")
        # A query names the count of the record table and the measures alike.
        self._each_once([(database.records.id, ("records",)), *ids[len(fields) + 1 :]], "id", "duplicate-id")
        for name, place in ids:
            if _RESERVED.fullmatch(name):
                self.findings.add((*place, "id"), "reserved-id", "another id; this one is reserved", "Rename it.")
        labels = [(database.date.label, date), *((p.form.label, p.place) for p in fields if p.form)]
        self._each_once(labels, "label", "duplicate-label")
        self._each_once([(p.claimed_id, p.place) for p in self.parts.tables], "id", "duplicate-id")

    def _each_once(self, names: Sequence[tuple[str, Place]], key: str, code: str) -> None:
        seen: set[str] = set()
        for name, place in names:
            if name and name.casefold() in seen:
                mend = f"{name!r} is used above, whatever its capitals; choose another."
                self.findings.add((*place, key), code, f"a different {key}", mend)
            seen.add(name.casefold())
