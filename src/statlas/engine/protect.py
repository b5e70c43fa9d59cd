"""From true numbers to printed ones: the only place where a ``RawCube`` becomes anything else.

``RawCube -> PerturbedCube -> PublicCube``; the first two end here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from types import MappingProxyType
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.axis import ROOT
from statlas.disclosure.company import Company, keeps_to_itself
from statlas.disclosure.cubes import Blanks, DesignErrors, PerturbedCube, PerturbedMeasure, PublicCube
from statlas.disclosure.lookup import COUNT_PURPOSE, look_up_numbers, perturb_counts
from statlas.disclosure.policy import Policy
from statlas.disclosure.printing import print_cells, print_exact
from statlas.disclosure.ptable import Ptable
from statlas.disclosure.sums import perturb_sums, sum_noise
from statlas.engine.area_rules import FEW_CELLS, judge_sparsity
from statlas.engine.axes import FieldAxis, tree_of
from statlas.engine.plan import Plan
from statlas.engine.raw import RawCube, RawMeasure
from statlas.engine.replicates import DesignSums
from statlas.engine.surveys import cell_weights, design_errors, measure_errors, measure_weights
from statlas.model.database import Impossible, Measure, Weight

Designs = Mapping[str, DesignSums]
"""In a survey, for each measure what its weights and standard errors are made of."""


class Protecting(TypedDict):
    """How a period is protected: its policy, the noise's 16 secret bytes, and how often its records were changed."""

    policy: Policy
    noise_key: bytes
    epoch: int


def protect(
    raw: RawCube,
    plan: Plan,
    period: str,
    *,
    policy: Policy,
    noise_key: bytes,
    epoch: int,
    designs: Designs = MappingProxyType({}),
) -> PublicCube:
    """The printed cells of one period.

    Args:
        raw: true counts and key sums at the official nodes of ``plan``.
        period: decides which codes exist, and what was collected.
        noise_key: 16 secret bytes.
        epoch: how often the records of the period have been changed.
        designs: in a survey, for each measure of ``plan`` its sums under every weight.
    """
    noise = None if policy.ptable is None else _Noise(policy.ptable, noise_key, epoch)
    return _printed(_perturbed(raw, plan, period, noise, designs), plan, policy)


def protect_beside(
    raw: RawCube,
    plan: Plan,
    period: str,
    company: Company,
    *,
    policy: Policy,
    noise_key: bytes,
    epoch: int,
    designs: Designs = MappingProxyType({}),
) -> PublicCube | None:
    """The printed cells of one period where the nodes asked of an axis inherit nothing along it; None if they may.

    Args:
        plan: along the company's axis it has the nodes asked for, and their company.
        others: as ``protect``.
    """
    assert policy.ptable is not None and policy.threshold is not None, "under an open policy nothing inherits"  # noqa: PT018 - of one kind
    perturbed = _perturbed(raw, plan, period, _Noise(policy.ptable, noise_key, epoch), designs)
    counts, largest = [perturbed.counts], policy.ptable.D
    for measure in perturbed.measures.values():
        if measure is not None and measure.blanks is not None:
            counts += [measure.blanks.with_amount, measure.blanks.without]
    settled = keeps_to_itself(
        counts, company, threshold=policy.threshold, margin=_margin(policy.ptable), largest_noise=largest
    )
    return _printed(perturbed, plan, policy) if settled else None


def _printed(perturbed: PerturbedCube, plan: Plan, policy: Policy) -> PublicCube:
    if policy.ptable is None or policy.threshold is None or policy.n_min_magnitude is None:
        return print_exact(perturbed)
    return print_cells(
        perturbed,
        [a.axis for a in plan.axes],
        threshold=policy.threshold,
        margin=_margin(policy.ptable) if policy.inherit else -1,
        n_min=policy.n_min_magnitude,
    )


def _margin(ptable: Ptable) -> int:
    """The largest difference for which a cell inherits (D4)."""
    return 2 * ptable.D + 1


def passes_sparsity(
    raw: RawCube, plan: Plan, period: str, *, policy: Policy, noise_key: bytes, epoch: int
) -> dict[str, NDArray[np.bool_]]:
    """Which areas of a period pass ``sparsity``, the one rule that looks at counts before the threshold hides them."""
    assert policy.ptable is not None, "an open policy has no rules"
    counts = _Noise(policy.ptable, noise_key, epoch).counts(raw.counts, raw.keys)
    return judge_sparsity(plan, counts, possible(plan, period), policy.ptable)


@dataclass(frozen=True)
class _Noise:
    """All that the noise of a period depends on beside the cells themselves."""

    ptable: Ptable
    key: bytes
    epoch: int

    def counts(self, counts: NDArray[np.int64], keys: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Counts with their noise."""
        u = look_up_numbers(
            keys, counts, noise_key=self.key, purpose=COUNT_PURPOSE, epoch=self.epoch, ptable_id=self.ptable.id
        )
        return perturb_counts(counts, u, self.ptable)

    def sums(self, found: RawMeasure, measure: Measure, perturbed_counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sums with their noise, scaled by a count with noise."""
        return perturb_sums(
            found,
            perturbed_counts,
            measure_id=measure.id,
            noise_key=self.key,
            epoch=self.epoch,
            flex=sum_noise(measure.flex_point),
        )


def _perturbed(raw: RawCube, plan: Plan, period: str, noise: _Noise | None, designs: Designs) -> PerturbedCube:
    counts, weight = raw.counts if noise is None else noise.counts(raw.counts, raw.keys), plan.database.weight
    measures = {
        measure.id: _measure(_OneMeasure(raw, measure, noise, weight, designs.get(measure.id)), counts)
        if _is_collected(measure.available_from, period)
        else None
        for measure in plan.measures
    }
    return PerturbedCube(
        counts,
        possible(plan, period),
        collected(plan.axes, period),
        measures,
        cell_weights(raw, counts),
        design_errors(raw, counts, weight),
    )


@dataclass(frozen=True, eq=False)
class _OneMeasure:
    """The true numbers of one measure, and all that they are perturbed with."""

    raw: RawCube
    measure: Measure
    noise: _Noise | None
    weight: Weight | None
    design: DesignSums | None

    @property
    def found(self) -> RawMeasure:
        """What the measure adds up to."""
        return self.raw.measures[self.measure.id]

    def scaled_by(
        self, perturbed_counts: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64] | None, DesignErrors | None]:
        """Sums, weights and errors, with the noise of some perturbed count of the records with an amount or of all."""
        found, sums = self.found, self.found.sums
        if self.noise is not None:
            sums = self.noise.sums(found, self.measure, perturbed_counts)
        return (
            sums,
            measure_weights(found, self.design, perturbed_counts),
            measure_errors(found, self.design, self.weight, perturbed_counts, sums),
        )


def _measure(one: _OneMeasure, counts: NDArray[np.int64]) -> PerturbedMeasure:
    raw, found, noise = one.raw, one.found, one.noise
    if found.counts is raw.counts:
        sums, weights, errors = one.scaled_by(counts)
        return PerturbedMeasure(sums, weights, errors=errors)
    blank_counts = raw.counts - found.counts
    blank_keys = (raw.keys.astype(np.int64) - found.keys).astype(np.uint32)  # modulo 2^32, without axes too
    given, blank = found.counts, blank_counts
    if noise is not None:
        given, blank = noise.counts(found.counts, found.keys), noise.counts(blank_counts, blank_keys)
    sums, weights, errors = one.scaled_by(given)
    return PerturbedMeasure(sums, weights, Blanks(given, blank, *one.scaled_by(counts)), errors)


def _is_collected(available_from: str, period: str) -> bool:
    return period >= available_from


def possible(plan: Plan, period: str) -> NDArray[np.bool_]:
    """Which cells are no structural zeros in a period: every code exists, and codes that never meet do not.

    Returns:
        bool array, the official nodes of every axis.
    """
    if prod(plan.shape) > FEW_CELLS:
        return _possible(plan, period)
    is_dated = any(tree_of(axis.field).is_dated for axis in plan.axes)
    return _kept_possible(plan, period if is_dated else "")


@lru_cache(maxsize=4)
def _kept_possible(plan: Plan, period: str) -> NDArray[np.bool_]:
    """Kept, as it is the same for every period unless codes come and go; read-only."""
    found = _possible(plan, period)
    found.flags.writeable = False
    return found


def _possible(plan: Plan, period: str) -> NDArray[np.bool_]:
    found = np.ones((), dtype=bool)
    for axis in plan.axes:
        found = found[..., np.newaxis] & axis.possible(period)
    for impossible in plan.database.impossible:
        found &= ~_within(plan, impossible)
    return found


def _within(plan: Plan, impossible: Impossible) -> NDArray[np.bool_]:
    """Cells in which the node of every field lies within its codes that never meet; broadcasts to all cells."""
    positions = {axis.field.id: position for position, axis in enumerate(plan.axes)}
    found = np.ones((1,) * len(plan.axes), dtype=bool)
    for field_id, nodes in impossible.where:
        if field_id in positions:
            position = positions[field_id]
            found = found & _along(plan.axes[position].within(nodes), position, len(plan.axes))
        else:
            found = found & tree_of(plan.database.field(field_id)).union(nodes).all()
    return found


def _along(values: NDArray[np.bool_], position: int, n_axes: int) -> NDArray[np.bool_]:
    shape = [1] * n_axes
    shape[position] = -1
    return values.reshape(shape)


def collected(axes: tuple[FieldAxis, ...], period: str) -> NDArray[np.bool_] | None:
    """Which cells were collected in a period, in a shape that broadcasts to all; None where all were.

    Without a field, or with all its codes together, a cell needs nothing of it.
    """
    late = [position for position, axis in enumerate(axes) if not _is_collected(axis.field.available_from, period)]
    if not late:
        return None
    found = np.ones((1,) * len(axes), dtype=bool)
    for position in late:
        found = found & _along(np.arange(len(axes[position].nodes)) == ROOT, position, len(axes))
    return found
