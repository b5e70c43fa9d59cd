"""Tables as pictures: a cube and a choice become a Vega-Lite specification, and that an SVG, PNG or PDF.

Rules of the room: it sees public cubes alone, so a picture can tell no more than its table.
Every number in a specification stands in a cell of the cube; a cell that prints none is a gap with its mark, never a
zero.
A site that draws nothing loads neither Altair nor the converter.
"""

from __future__ import annotations

from typing import Any

from statlas.charts.choice import Choice, Kind, Quantity
from statlas.charts.fitting import default_choice, fitting_kinds, misfit
from statlas.charts.setting import Setting
from statlas.model.cells import CubeContent


def specification(cube: CubeContent, choice: Choice, setting: Setting) -> dict[str, Any]:
    """A cube and a choice as a Vega-Lite specification; see ``specifying``, which loads Altair."""
    from statlas.charts import specifying  # noqa: PLC0415 - a site that draws nothing does not load Altair

    return specifying.specification(cube, choice, setting)


def motion_specification(
    cube: CubeContent, choice: Choice, setting: Setting, step: int, *, whole: bool
) -> dict[str, Any]:
    """A cube at one of its dates, or at all; see ``moving``, which loads Altair."""
    from statlas.charts import moving  # noqa: PLC0415 - a site that draws nothing does not load Altair

    return moving.motion(cube, choice, setting, step, whole=whole)


__all__ = [
    "Choice",
    "Kind",
    "Quantity",
    "Setting",
    "default_choice",
    "fitting_kinds",
    "misfit",
    "motion_specification",
    "specification",
]
