"""A cube and a choice as a Vega-Lite specification, complete with its data and its frame."""

from __future__ import annotations

from typing import Any

from statlas.charts import bars, heat, lines, panels, points
from statlas.charts.cells import points_of, rows_of
from statlas.charts.choice import POINTS, Choice, Kind
from statlas.charts.fitting import refuse
from statlas.charts.framing import framed
from statlas.charts.setting import Setting
from statlas.charts.sheet import Sheet
from statlas.charts.telling import standing, tell
from statlas.model.cells import CubeContent

_KINDS = {
    Kind.LINE: lines.drawn,
    Kind.AREA: lines.drawn,
    Kind.MULTIPLES: panels.drawn,
    Kind.HEAT: heat.drawn,
    Kind.SCATTER: points.drawn,
    Kind.BUBBLE: points.drawn,
}


def specification(cube: CubeContent, choice: Choice, setting: Setting) -> dict[str, Any]:
    """A Vega-Lite 6 specification.

    Args:
        cube: the table.
        choice: what stands where; fields and numbers of the cube.
        setting: theme, width, title and address.

    Returns:
        The specification as a JSON object. ``data.values`` has a row for each cell shown: its flat position ``cell``
        and ``measure`` in the cube, its ``value`` (null where none is printed), ``text``, ``sign``, and the ends of
        its interval; rows of points have these parts behind ``x_``, ``y_`` and ``size_``.

    Raises:
        QueryError: the kind does not fit the table.
        UnknownNameError: the choice names what is not in it.
    """
    refuse(cube, choice)
    rows = points_of(cube, choice) if choice.kind in POINTS else rows_of(cube, choice)
    tell(cube, choice, rows)
    sheet = Sheet(cube, choice, setting, rows)
    chart, said = _KINDS.get(choice.kind, bars.drawn)(sheet)
    return framed(sheet, chart, (*standing(cube, choice), *said))
