"""A policy: the versioned set of protection parameters under which a database is published."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from statlas.disclosure.presets import preset_ptable
from statlas.disclosure.ptable import Ptable
from statlas.disclosure.rules import RuleLimits, limits_of
from statlas.errors import DataError
from statlas.model.protection import Protection

# The smallest printed count that is not hidden: decisions on disclosure control, D4.3.
THRESHOLD: Final = 5
# The smallest printed count beside which a sum, mean or percentile is printed: D6.
N_MIN_MAGNITUDE: Final = 10


class Preset(StrEnum):
    """The parameter sets a policy may name; the compatibility modes are none of them."""

    LIGHT = "light"
    STANDARD = "standard"
    STRONG = "strong"
    OPEN = "open"


@dataclass(frozen=True)
class Policy:
    """What turns raw counts into public ones: ``policy_for("standard")`` is D5 V3 js2, threshold 5, inherit on.

    Args:
        name: by which a definition names it.
        version: raised whenever a parameter changes.
        preset: the parameter set it was made from.
        ptable: the perturbation table; None under ``open``.
        threshold: perturbed counts below it are printed as ``low``; None under ``open``.
        n_min_magnitude: sums and means beside a smaller printed count are ``low``; None under ``open``.
        inherit: whether an all-but-one margin prints like its parent.
        rules: the rules with their numbers; None judges nothing, as under ``open``.
    """

    name: str
    version: int
    preset: Preset
    ptable: Ptable | None
    threshold: int | None = THRESHOLD
    n_min_magnitude: int | None = N_MIN_MAGNITUDE
    inherit: bool = True
    rules: RuleLimits | None = None

    def __post_init__(self) -> None:
        protections = (self.ptable, self.threshold, self.n_min_magnitude)
        expected = self.preset is Preset.OPEN
        if any((protection is None) != expected for protection in protections) or (expected and self.inherit):
            raise DataError(
                f"The policy {self.name!r} mixes open and protected publication.",
                mend="Take all of a preset's protections, or `open` without any.",
            )

    @property
    def open(self) -> bool:
        """Whether the data are not confidential and print as they are."""
        return self.ptable is None

    @property
    def variance(self) -> float:
        """Upper bound of the noise variance of a count; 0 under ``open``."""
        return self.ptable.variance if self.ptable else 0.0

    @property
    def noise_sd(self) -> float:
        """The public standard deviation of a count's noise, one decimal; 0 under ``open``."""
        return self.ptable.sd if self.ptable else 0.0


def policy_for(preset: str) -> Policy:
    """The policy of a preset: ``light``, ``standard``, ``strong``, or ``open`` for data that are not confidential.

    Raises:
        DataError: there is no such preset.
    """
    if preset not in tuple(Preset):
        raise DataError(
            f"{preset!r} is not a protection policy.", mend=f"Name one of {', '.join(Preset)}.", policy=preset
        )
    chosen = Preset(preset)
    if chosen is Preset.OPEN:
        return Policy(preset, 1, chosen, None, threshold=None, n_min_magnitude=None, inherit=False)
    return Policy(preset, 1, chosen, preset_ptable(preset))


def policy_of(protection: Protection) -> Policy:
    """The policy that a database's protection says: that of its preset with its own numbers and rules.

    Raises:
        DataError: there is no such preset.
    """
    base = policy_for(protection.preset)
    if base.open:
        return replace(base, name=protection.name, version=protection.version)
    return replace(
        base,
        name=protection.name,
        version=protection.version,
        threshold=max(protection.threshold, THRESHOLD),
        n_min_magnitude=max(protection.n_min_magnitude, N_MIN_MAGNITUDE),
        rules=limits_of(protection),
    )
