"""Which chart a table is shown as unasked, and what is said where a kind does not fit."""

import numpy as np
import pytest
from cubes import LOW, cube, dimension, measure

from statlas.charts import Kind, default_choice, fitting_kinds, misfit
from statlas.charts.choosing import choice_of
from statlas.charts.motion import default_motion, moving_misfit
from statlas.model.query import Role

MONTHS = [f"2024{n:02d}" for n in range(1, 13)]


def _cube(*sides, n_measures=1, **more):
    shape = tuple(len(side) for side in sides)
    chance = np.random.default_rng(1)
    numbers = [measure(chance.integers(10, 500, shape), **more) for _ in range(n_measures)]
    if n_measures > 1:
        numbers[1] = measure(chance.integers(10, 500, shape), id_="PAY:SUM", statistic="SUM", precision=2)
    return cube(sides, *numbers)


def _months():
    return dimension("month", MONTHS, is_date=True)


def _ages():
    return dimension("age", ["16-24", "25-34", "35-44"])


def _sexes():
    made = dimension("sex", ["male", "female"], role=Role.COLUMNS)
    assert len(made) == 2
    return made


def _areas(n):
    words = [f"{chr(97 + k // 26)}{chr(97 + k % 26)}" for k in range(n)]
    return dimension("area", words)


@pytest.mark.parametrize(
    ("sides", "kind", "x"),
    [
        ((_months(),), Kind.LINE, "month"),
        ((_months(), _sexes()), Kind.LINE, "month"),
        ((_months(), _areas(11)), Kind.MULTIPLES, "month"),
        ((_ages(), _sexes()), Kind.PYRAMID, "age"),
        ((_areas(12),), Kind.BAR, "area"),
        ((_areas(374),), Kind.BAR, "area"),
        ((_areas(5), _sexes()), Kind.GROUPED, "area"),
    ],
)
def test_the_shape_of_a_table_chooses_its_chart(sides, kind, x):
    """Dates are lines, many of them panels; age by sex is a pyramid; categories are bars."""
    choice = default_choice(_cube(*sides))
    assert (choice.kind, choice.x) == (kind, x)


def test_two_numbers_of_many_categories_are_a_scatter():
    """Each category is a point."""
    choice = default_choice(_cube(_areas(20), n_measures=2))
    assert choice.kind is Kind.SCATTER
    assert (choice.across.measure, choice.up.measure) == ("T", "PAY:SUM")


def test_of_too_many_bars_the_largest_are_shown_and_the_number_is_in_the_choice():
    """Nothing is cut in silence: the picture says *The 30 largest of 374*."""
    assert default_choice(_cube(_areas(374))).top == 30
    assert default_choice(_cube(_areas(60))).top == 0


def test_too_many_series_are_refused_with_what_to_do():
    """Seven colours cannot be told apart; small multiples and heat maps can."""
    found = misfit(_cube(_months(), _areas(7)), Kind.LINE)
    assert found is not None
    assert "7 colours cannot be told apart" in found.why
    assert "small multiples" in found.mend


def test_what_cannot_be_added_up_is_not_stacked():
    """Means laid on one another say nothing."""
    made = _cube(_areas(3), _sexes(), statistic="MEAN", id_="PAY:MEAN", precision=2)
    assert "cannot be added up" in misfit(made, Kind.STACKED).why
    assert misfit(made, Kind.GROUPED) is None


def test_a_whole_with_a_missing_part_is_not_drawn_as_one():
    """Shares of what is shown would be wrong, and a stacked area would draw a gap as nothing."""
    made = _cube(_areas(2), _sexes(), status=[[0, LOW], [0, 0]])
    assert "not shown" in misfit(made, Kind.SHARE).why
    assert misfit(made, Kind.STACKED) is None


def test_numbers_below_zero_are_not_stacked():
    """Nor do they make a pyramid."""
    made = cube((_ages(), _sexes()), measure(np.full((3, 2), -4)))
    for kind in (Kind.STACKED, Kind.PYRAMID):
        assert "below zero" in misfit(made, kind).why


def test_a_table_of_which_nothing_is_shown_is_not_drawn():
    """And every kind says so or says another reason."""
    made = _cube(_areas(4), status=LOW)
    assert all(found is not None for found in fitting_kinds(made).values())
    assert "None of these numbers is shown" in misfit(made, Kind.BAR).why


def test_a_field_of_one_colour_is_never_its_axis_too():
    """What stands where unasked uses each field once."""
    for sides in ((_months(), _areas(3), _sexes()), (_ages(), _sexes()), (_areas(9),)):
        for kind in Kind:
            choice = choice_of(_cube(*sides), kind)
            assert len(set(choice.fields)) == len(choice.fields)


def test_what_moves_unasked():
    """Bars race through the dates; with two numbers points move; with one date nothing does."""
    assert default_motion(_cube(_months(), _areas(9))).kind is Kind.BAR
    assert default_motion(_cube(_months(), _areas(9), n_measures=2)).kind is Kind.SCATTER
    still = _cube(_areas(9))
    assert "one date" in moving_misfit(still, default_motion(still)).why


def test_percentages_that_were_asked_for_are_what_is_drawn():
    """Whoever has shares of a row worked out sees them, not the counts; the counts stay a choice."""
    counts = measure(np.arange(24).reshape(12, 2) + 50)
    shares = measure(np.full((12, 2), 50.0), id_="COUNT:PERCENTAGE:row", statistic="PERCENTAGE", precision=1)
    made = cube((_months(), _sexes()), counts, shares)
    assert default_choice(made).kind is Kind.LINE
    assert {choice_of(made, kind).measure for kind in (Kind.LINE, Kind.BAR, Kind.GROUPED)} == {shares.id}
    assert choice_of(_cube(_months(), _sexes()), Kind.LINE).measure == ""
