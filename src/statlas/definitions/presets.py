"""What a preset protects by: the smallest counts it prints, as a release keeps them."""

from __future__ import annotations

from statlas.model.protection import Protection


def preset_protection(preset: str) -> Protection:
    """The protection that a preset alone gives; under ``open`` there is none, and every count is printed."""
    if preset == "open":
        return Protection(preset, 1, preset, threshold=0, n_min_magnitude=0)
    return Protection(preset, 1, preset)
