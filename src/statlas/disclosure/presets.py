"""The perturbation tables a policy may use, three of counts and one of amounts, frozen with their digests.

They are shipped as text and never made again: a table that differed in its last digit would move people between
noises, and every number of a home with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from statlas.disclosure import frozen_amounts, frozen_tables
from statlas.disclosure.numeric_ptable import NumericPtable, numeric_ptable_from_csv
from statlas.disclosure.ptable import Ptable, ptable_from_csv
from statlas.errors import BackendError


@dataclass(frozen=True)
class PresetTable:
    """The settings of a frozen table and the SHA-256 of its text: D5, V3, js2 for ``standard``."""

    D: int
    V: float
    js: int
    digest: str


@dataclass(frozen=True)
class AmountsTable:
    """The settings of the frozen table of amounts and the SHA-256 of its text."""

    D: int
    V: float
    grain: int
    least: float
    digest: str


# Settings: decisions on disclosure control, D2; light is variant I of the STACE guidelines (2024).
# Digests: printed by scripts/freeze_presets.py when the tables were frozen.
PRESETS: Final = {
    "light": PresetTable(4, 1.8, 1, "cebe54ae8d491cd54f8a500caef6bb407a38991bd664e3c8e934895aafae2a8f"),
    "standard": PresetTable(5, 3.0, 2, "b59ca24fe4ea3ef61891f0a9479d71edd4ed72c87486b93a5cd0f2fc7bca2759"),
    "strong": PresetTable(10, 9.0, 4, "76fbb2ff669937af7212b3ca05f7547b75983a07c45221a2cd4e83481f54524f"),
}

# Noise of at least one step and at most five, so never none, with thin tails; the same for every preset, since the
# size of the largest contribution is hidden by it and not by the noise of the count (decision record 12).
AMOUNTS: Final = AmountsTable(5, 3.0, 10, 1.0, "b5d6a0d8e91716e820024279c5aeab6fd8e1be7edf873e122eb2d7fa961a94c6")


@cache
def preset_ptable(name: str) -> Ptable:
    """The frozen table of ``light``, ``standard`` or ``strong``.

    Raises:
        KeyError: there is no such preset.
        BackendError: the shipped text is not the one that was frozen.
    """
    preset = PRESETS[name]
    table = ptable_from_csv(getattr(frozen_tables, name.upper()), D=preset.D, V=preset.V, js=preset.js)
    if table.digest != preset.digest:
        raise BackendError(f"The perturbation table {name!r} is damaged.", mend="Install Statlas again.", preset=name)
    return table


@cache
def amounts_ptable() -> NumericPtable:
    """The frozen perturbation table of amounts, which sums of every preset use.

    Raises:
        BackendError: the shipped text is not the one that was frozen.
    """
    table = numeric_ptable_from_csv(
        frozen_amounts.AMOUNTS,
        D=AMOUNTS.D,
        V=AMOUNTS.V,
        grain=AMOUNTS.grain,
        least=AMOUNTS.least,
        interpolated=False,
    )
    if table.digest != AMOUNTS.digest:
        raise BackendError("The perturbation table of amounts is damaged.", mend="Install Statlas again.")
    return table
