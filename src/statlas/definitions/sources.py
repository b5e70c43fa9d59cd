"""How a field's code is found in a record: a column, bands, a look-up or a combination."""

from __future__ import annotations

from itertools import pairwise

from statlas.definitions.code_files import Files
from statlas.definitions.field_form import BandForm, CombineForm, FieldForm, LookUpForm
from statlas.definitions.findings import Findings, Place, listed
from statlas.definitions.validating import Part
from statlas.model.classification import Classification
from statlas.model.derivation import Band, Banded, Column, Combined, LookedUp, Source

_WAYS = ("column", "band", "look_up", "combine")
_INFINITE = float("inf")


def source_of(
    part: Part[FieldForm], form: FieldForm, classification: Classification | None, files: Files
) -> Source | None:
    """The source of a field's codes; None, with findings, if it has mistakes."""
    given = [way for way in _WAYS if getattr(form, way) is not None]
    if len(given) != 1:
        if given or not part.doubtful:
            words = "one of `column`, `band`, `look_up` and `combine`"
            files.findings.add(part.place, "one-of", words, "Say once where the code comes from.")
        return None
    leaves = None if classification is None else {leaf.code for leaf in classification.leaves}
    place = (*part.place, given[0])
    if form.column is not None:
        return Column(form.column)
    if form.band is not None:
        return _banded(form.band, place, leaves, files.findings)
    if form.look_up is not None:
        return _looked_up(form.look_up, place, leaves, files)
    assert form.combine is not None
    return _combined(form.combine, place, leaves, files.findings)


def _banded(form: BandForm, place: Place, leaves: set[str] | None, findings: Findings) -> Banded:
    bands = [Band(code, low, high) for code, (low, high) in form.codes.items()]
    for band in bands:
        _known(band.code, (*place, "codes", band.code), leaves, findings)
        if not _low(band) < _high(band):
            findings.add((*place, "codes", band.code), "bad-band", "a band whose start is below its end", "Swap them.")
    ordered = sorted(bands, key=_low)
    for lower, upper in pairwise(ordered):
        if _low(upper) < _high(lower):
            words = f"bands that do not overlap; this one overlaps {lower.code}"
            mend = "A band ends below its second number."
            findings.add((*place, "codes", upper.code), "overlap", words, mend)
    return Banded(form.column, tuple(bands))


def _low(band: Band) -> float:
    return -_INFINITE if band.low is None else band.low


def _high(band: Band) -> float:
    return _INFINITE if band.high is None else band.high


def _looked_up(form: LookUpForm, place: Place, leaves: set[str] | None, files: Files) -> LookedUp | None:
    table = files.pairs(form.file, form.key, form.value, (*place, "file"))
    if table is None:
        return None
    lost = [] if leaves is None else sorted({code for _, code in table} - leaves)
    if lost:
        words = f"codes of the finest level in the column {form.value!r}; {listed(lost, 5)} are none"
        files.findings.add((*place, "value"), "unknown-code", words, "Add them to the code list.")
    return LookedUp(form.column, table)


def _combined(form: CombineForm, place: Place, leaves: set[str] | None, findings: Findings) -> Combined:
    table: dict[tuple[str, ...], str] = {}
    for code, combinations in form.codes.items():
        _known(code, (*place, "codes", code), leaves, findings)
        for n, values in enumerate(combinations):
            where = (*place, "codes", code, n)
            if len(values) != len(form.columns):
                findings.add(where, "bad-value", f"{len(form.columns)} values, one for each column", "Add or remove.")
            elif tuple(values) in table:
                findings.add(where, "duplicate-id", "each combination once", f"{table[tuple(values)]} has it too.")
            else:
                table[tuple(values)] = code
    if form.otherwise is not None:
        _known(form.otherwise, (*place, "otherwise"), leaves, findings)
    return Combined(tuple(form.columns), tuple(table.items()), form.otherwise)


def _known(code: str, place: Place, leaves: set[str] | None, findings: Findings) -> None:
    if leaves is not None and code not in leaves:
        words = f"a code of the finest level, not {code!r}"
        findings.add(place, "unknown-code", words, "Add it to the code list or mend it here.")
