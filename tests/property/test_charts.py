"""Every number in a chart is the table's: held against the cube cell by cell, for random tables and every kind."""

import math
from collections import Counter

import numpy as np
import pytest
from cubes import public_cubes
from hypothesis import HealthCheck, given, settings

from statlas.charts import Kind, Setting, default_choice, misfit, specification
from statlas.charts.cells import measure_of, parts, place
from statlas.charts.choice import POINTS
from statlas.charts.choosing import choice_of
from statlas.model.cube import CellStatus
from statlas.model.display import cell_text

SETTING = Setting("A table", "of a made-up world", "http://localhost/databases/world/chart")
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _same(cube, measure_id, cell, value, text):
    """One number of a specification beside the cell that it names."""
    measure = measure_of(cube, measure_id)
    status, printed = measure.status.reshape(-1)[cell], measure.values.reshape(-1)[cell]
    if status in (CellStatus.SHOWN, CellStatus.STRUCTURAL_ZERO):
        assert value == printed
    else:
        assert value is None
    places = tuple(int(n) for n in np.unravel_index(cell, cube.shape))
    assert text == cell_text(cube, measure, places)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in POINTS])
@quick
@given(cube=public_cubes())
def test_every_number_of_a_chart_is_the_tables_and_each_cell_stands_once(kind, cube):
    """Values, texts and gaps are those of the cells that the rows name, and all cells of the choice are there."""
    choice = choice_of(cube, kind)
    if misfit(cube, kind, choice) is not None:
        return
    rows = specification(cube, choice, SETTING)["data"]["values"]
    for row in rows:
        _same(cube, row["measure"], row["cell"], row["value"], row["text"])
        assert row["text"] in row["tip"]
    assert max(Counter(row["cell"] for row in rows).values()) == 1
    drawn = [len(parts(d)) if d.field in choice.fields else 1 for d in cube.dimensions]
    assert len(rows) == math.prod(drawn)
    assert place(cube, choice).keys().isdisjoint(choice.fields)


@pytest.mark.parametrize("kind", sorted(POINTS))
@quick
@given(cube=public_cubes())
def test_every_number_of_a_point_is_the_tables(kind, cube):
    """So it is of each of the two or three numbers of a point."""
    choice = choice_of(cube, kind)
    if misfit(cube, kind, choice) is not None:
        return
    rows = specification(cube, choice, SETTING)["data"]["values"]
    for row in rows:
        for name in ("x", "y", *(["size"] if kind is Kind.BUBBLE else [])):
            _same(cube, row[f"{name}_measure"], row[f"{name}_cell"], row[name], row[f"{name}_text"])


@quick
@given(cube=public_cubes())
def test_the_chart_shown_unasked_fits_or_says_why_not(cube):
    """A default is drawn; where nothing can be drawn at all, bars say why."""
    choice = default_choice(cube)
    assert misfit(cube, choice.kind, choice) is None or choice.kind is Kind.BAR
