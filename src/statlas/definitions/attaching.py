"""Notes, impossible combinations and ready-made tables: what of a definition refers to its fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from statlas.definitions.asking import parse_codes
from statlas.definitions.findings import Place
from statlas.definitions.form import AnnotationForm, ImpossibleForm
from statlas.definitions.ready_tables import ReadyTables
from statlas.definitions.referring import Referring, told
from statlas.definitions.validating import Part
from statlas.model.classification import Node
from statlas.model.database import Annotation, Database, FieldKind, Impossible


@dataclass(frozen=True)
class Attaching(Referring):
    """Adds to a database what refers to its fields: notes, impossible combinations and ready-made tables."""

    def database(self) -> Database:
        """The database with them."""
        self._check_exclusions()
        annotations = tuple(a for part in self.parts.annotations for a in self._annotation(part))
        impossible = tuple(i for part in self.parts.impossible for i in self._impossible(part))
        ready = ReadyTables(self.parts, self.findings, self.bare)
        tables = tuple(t for part in self.parts.tables for t in ready.table(part))
        return replace(self.bare, annotations=annotations, impossible=impossible, tables=tables)

    def _check_exclusions(self) -> None:
        for n, rule in enumerate(self.parts.top.rules.field_exclusion):
            for at, name in enumerate(rule.fields):
                self.field(("rules", "field_exclusion", n, "fields", at), name)

    def _impossible(self, part: Part[ImpossibleForm]) -> Iterator[Impossible]:
        if part.form is None:
            return
        where = [
            (field_id, self._codes((*part.place, "where", field_id), field_id, codes))
            for field_id, codes in part.form.where.items()
        ]
        if all(nodes for _, nodes in where):
            yield Impossible(tuple(where), part.form.reason)

    def _codes(self, place: Place, field_id: str, codes: Sequence[str]) -> tuple[Node, ...]:
        field = self.field(place, field_id)
        if field is None:
            return ()
        if field.kind is FieldKind.DATE:
            mend = "Say when a code exists with `valid_from` and `valid_to`."
            self.findings.add(place, "bad-date", "a field other than the date", mend)
            return ()
        if not codes:
            self.findings.add(place, "no-codes", "at least one code", "Add the codes, or leave the entry out.")
        return told(self.findings, place, lambda: parse_codes(field, dict.fromkeys(codes))) or ()

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
        field = self.field(place, field_id)
        if field is None:
            return False
        if code is None:
            return True
        if field.kind is FieldKind.DATE:
            return told(self.findings, place, lambda: self.bare.calendar.check(code)) is not None
        return told(self.findings, place, lambda: parse_codes(field, [code])) is not None
