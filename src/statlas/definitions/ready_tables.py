"""Ready-made tables: queries of a definition, and what is worked out from their answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from statlas.definitions.asking import names_in, parse_codes, parse_derived, parse_dimension, parse_periods
from statlas.definitions.findings import Place, did_you_mean, listed
from statlas.definitions.referring import Referring, told
from statlas.definitions.table_form import DimensionForm, TableForm
from statlas.definitions.validating import Part
from statlas.model.database import Field, FieldKind, ReadyTable
from statlas.model.derived import Derived, Formula, Rank
from statlas.model.query import Dimension, Filter, Query, Role, TimeSelector


@dataclass(frozen=True)
class ReadyTables(Referring):
    """Makes the ready-made tables of one definition, noting mistakes."""

    def table(self, part: Part[TableForm]) -> Iterator[ReadyTable]:
        """The ready-made table of an entry; none if it has mistakes."""
        form = part.form
        if form is None:
            return
        before = len(self.findings.faults)
        dimensions = self._dimensions(part.place, form)
        filters = tuple(f for field, codes in form.filters.items() for f in self._filter(part.place, field, codes))
        self._check_measures(part.place, form)
        derived = tuple(self._derived(part.place, form, dimensions or ()))
        if dimensions is None or len(self.findings.faults) > before:
            return
        query = told(
            self.findings,
            part.place,
            lambda: Query(self.bare.id, tuple(form.measures), tuple(dimensions), filters, derived=derived),
        )
        if query is not None:
            yield ReadyTable(form.id, form.title, query, form.view, form.featured)

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
        field = self.field(place, field_id)
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
        field = self.field(where, field_id)
        if field is None:
            return
        if field.kind is FieldKind.DATE:
            self.findings.add(where, "bad-date", "a filter on another field", "Choose periods in `periods`.")
            return
        found = told(self.findings, where, lambda: Filter(field.id, parse_codes(field, codes)))
        if found is not None:
            yield found

    def _check_measures(self, place: Place, form: TableForm) -> None:
        offered = {measure.id: measure.statistics for measure in self.bare.measures}
        known = [self.bare.records.id, *(part.claimed_id for part in self.parts.measures)]
        for n, name in enumerate(form.measures):
            where, (measure, _, statistic) = (*place, "measures", n), name.partition(":")
            if measure not in known or (statistic and measure == self.bare.records.id):
                mend = did_you_mean(measure, known, f"The measures are {listed(known)}.")
                self.findings.add(where, "unknown-measure", "a measure of this database", mend)
            elif statistic and measure in offered and statistic not in offered[measure]:
                words, mend = f"a statistic that {measure} offers", f"It offers {listed(offered[measure])}."
                self.findings.add(where, "unknown-measure", words, mend)

    def _derived(self, place: Place, form: TableForm, dimensions: Sequence[Dimension]) -> Iterator[Derived]:
        for n, given in enumerate(form.derived):
            where = (*place, "derived", n)
            found = told(self.findings, where, partial(parse_derived, given.model_dump(exclude_unset=True)))
            if found is not None:
                self._check_derived(where, found, form, dimensions)
                yield found

    def _check_derived(self, place: Place, derived: Derived, form: TableForm, dimensions: Sequence[Dimension]) -> None:
        measures = form.measures or [self.bare.records.id]
        wanted = names_in(derived.expression) if isinstance(derived, Formula) else (derived.measure,)
        field_id = derived.field if isinstance(derived, Formula | Rank) else None
        if field_id is not None and all(d.field != field_id for d in dimensions):
            words = f"a field of the table, not {field_id!r}"
            self.findings.add(place, "unknown-field", words, f"It has {listed(d.field for d in dimensions)}.")
        elif isinstance(derived, Formula) and field_id is not None:
            self._check_items(place, wanted, self.bare.field(field_id))
        else:
            for name in wanted:
                if name and name not in measures:
                    words, mend = f"a measure of the table, not {name!r}", f"It has {listed(measures)}."
                    self.findings.add(place, "unknown-measure", words, mend)

    def _check_items(self, place: Place, names: Sequence[str], field: Field) -> None:
        codes = [code for valueset in field.classification for code in valueset]
        known = {code.id for code in codes} | {code.label for code in codes} | {"Total"}
        for name in names:
            if field.kind is not FieldKind.DATE and name not in known:
                words = f"a code or label of {field.id}, not {name!r}"
                self.findings.add(place, "unknown-code", words, did_you_mean(name, known))
