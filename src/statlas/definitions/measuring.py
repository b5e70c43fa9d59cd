"""Measures and weights: numbers of a definition as whole numbers of the smallest unit kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from statlas.definitions.findings import Findings, Place
from statlas.definitions.form import MeasureForm, WeightForm
from statlas.definitions.validating import Part
from statlas.model.database import Measure, Weight
from statlas.model.protection import Protection

PROTECTED_STATISTICS = ("SUM", "MEAN", "MEDIAN", "P10", "P25", "P75", "P90")
"""What may be asked for where people are protected (decisions page, D6)."""

_TOO_LARGE = 10**12
"""Beyond any amount, and with six decimal places still a machine word: arbitrary."""


@dataclass(frozen=True)
class Measuring:
    """Makes the measures and the weight of one definition, noting mistakes.

    ``table`` is that of public ids; ``protection`` is None where the policy has mistakes of its own.
    """

    findings: Findings
    table: str
    protection: Protection | None

    def measures(self, part: Part[MeasureForm]) -> Iterator[Measure]:
        """The measure of an entry; none if its form has mistakes."""
        form = part.form
        if form is None:
            return
        self._check_statistics(form, part.place)
        default = 2 if form.unit == "GBP" else 0
        precision = default if form.precision is None else form.precision
        place: Place = (*part.place, "bands")
        numbers = [self._units(n, precision, (*place, at)) for at, n in enumerate(form.bands or ())]
        edges = [n for n in numbers if n is not None]
        self._check_edges(edges, place)
        yield Measure(
            id=form.id,
            label=form.label,
            table=form.table or self.table,
            column=form.column,
            unit=form.unit,
            precision=precision,
            statistics=tuple(dict.fromkeys(form.statistics)),
            description=form.description.strip(),
            edges=tuple(edges),
            flex_point=self._units(form.flex_point, precision, (*part.place, "flex_point")) or 0,
            available_from=form.available_from or "",
        )

    def _check_statistics(self, form: MeasureForm, place: Place) -> None:
        if self.protection is None or self.protection.preset == "open":
            return
        for n, name in enumerate(form.statistics):
            if name not in PROTECTED_STATISTICS:
                mend = "Other percentiles are for open data; P50 is MEDIAN."
                expected = f"one of {', '.join(PROTECTED_STATISTICS)}"
                self.findings.add((*place, "statistics", n), "bad-value", expected, mend)

    def _units(self, number: Decimal, precision: int, place: Place) -> int | None:
        """A number in units of 10**-precision; None, with a finding, if it is none of them."""
        if abs(number) >= _TOO_LARGE:
            self.findings.add(place, "bad-value", f"a number below {_TOO_LARGE:,}", "Mend it.")
            return None
        scaled = Fraction(number) * 10**precision
        if scaled.denominator != 1:
            expected = f"at most {precision} decimal places, as the measure has"
            self.findings.add(place, "too-many-decimals", expected, "Round it.")
            return None
        return int(scaled)

    def _check_edges(self, edges: list[int], place: Place) -> None:
        if any(upper <= lower for lower, upper in pairwise(edges)):
            self.findings.add(place, "bad-band", "bounds that rise", "Put them in order, each once.")

    def weight(self, form: WeightForm | None) -> Weight | None:
        """The weight of a survey's records, if they have one."""
        if form is None:
            return None
        columns = [form.column, *form.replicates]
        if len(set(columns)) < len(columns):
            self.findings.add(("weight",), "duplicate-id", "each column of weights once", "Remove the repeated one.")
        if form.replicates and form.scale is None:
            mend = "It is (R-1)/R for a jackknife of R groups, 1/R for other replicates."
            self.findings.add(("weight", "scale"), "missing-key", "the key 'scale' beside `replicates`", mend)
        if form.scale is not None and not form.replicates:
            self.findings.add(("weight", "scale"), "missing-key", "the key 'replicates' beside `scale`", "Add it.")
        return Weight(form.column, form.label, form.precision, tuple(form.replicates), form.scale or 1.0)
