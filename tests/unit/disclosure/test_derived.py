"""Percentages, changes, places and formulas on small cubes that one can check by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cubes import ABSENT, LOW, SECRET, SHOWN, ZERO, cube, dimension, measure

from statlas.disclosure import derived
from statlas.disclosure.derived_items import taken, with_item
from statlas.disclosure.formula import common_status, round_half_even, sd_decimals, two_figures
from statlas.errors import QueryError
from statlas.model.cube import CellFlag
from statlas.model.derived import Change, Formula, Percentage, Rank, Share, Since
from statlas.model.query import Role

MONTHS = dimension("month", ["202412", "202501"], role=Role.WAFERS, is_date=True)
ONE_MONTH = dimension("month", ["202501"], role=Role.WAFERS, is_date=True)
AREAS = dimension("area", ["n", "s"], total=True)
KINDS = dimension("kind", ["x", "y"], role=Role.COLUMNS, total=True)

# Rows n, s and their total by columns x, y and their total.  Printed totals are not the sums of printed parts.
COUNTS = [[[30, 70, 101], [0, 20, 22], [31, 91, 120]]]
STATUS = [[[SHOWN, SHOWN, SHOWN], [LOW, SHOWN, SHOWN], [SHOWN, SHOWN, SHOWN]]]
TABLE = cube([ONE_MONTH, AREAS, KINDS], measure(COUNTS, STATUS))


def told(made):
    """Numbers with ``None`` where none is printed."""
    shown = np.isin(made.status, (SHOWN, ZERO))
    return np.where(shown, made.values.astype(object), None)[0].tolist()


def test_a_row_percentage_divides_by_the_printed_total_of_the_row():
    """30 by the printed 101, not by the 100 of the shown parts; the total is 100, and a hidden part stays hidden."""
    made = derived.percentage(TABLE, TABLE.measures[0], Percentage(Share.ROW))
    assert told(made) == [[29.7, 69.3, 100.0], [None, 90.9, 100.0], [25.8, 75.8, 100.0]]
    assert made.status[0, 1, 0] == LOW
    assert (made.unit, made.precision, made.statistic) == ("%", 1, "PERCENTAGE")
    assert made.id == "T:PERCENTAGE:row"
    assert made.label == "Persons, % of row"


def test_column_and_table_percentages_divide_by_their_own_totals():
    """Down the column by its printed total, and everything by the printed total of the table."""
    column = derived.percentage(TABLE, TABLE.measures[0], Percentage(Share.COLUMN))
    assert told(column) == [[96.8, 76.9, 84.2], [None, 22.0, 18.3], [100.0, 100.0, 100.0]]
    table = derived.percentage(TABLE, TABLE.measures[0], Percentage(Share.TOTAL))
    assert told(table) == [[25.0, 58.3, 84.2], [None, 16.7, 18.3], [25.8, 75.8, 100.0]]


def test_a_percentage_of_a_hidden_total_is_hidden():
    """Where the whole of a row is low no percentage of it is printed, whatever the parts print."""
    status = np.array(STATUS)
    status[0, 0, 2] = LOW
    made = derived.percentage(TABLE, measure(COUNTS, status), Percentage(Share.ROW))
    assert told(made)[0] == [None, None, None]
    assert (made.status[0, 0] == LOW).all()


def test_a_blocked_part_or_whole_gives_a_blocked_percentage():
    """*Confidential* wins over *low* and over *not available*."""
    status = np.array(STATUS)
    status[0, 1] = [LOW, ABSENT, SECRET]
    made = derived.percentage(TABLE, measure(COUNTS, status), Percentage(Share.ROW))
    assert (made.status[0, 1] == SECRET).all()


def test_a_structural_zero_is_no_part_of_anything_and_stays_one():
    """It is 0 per cent and remains marked as impossible."""
    status = np.array(STATUS)
    status[0, 1, 0] = ZERO
    made = derived.percentage(TABLE, measure(COUNTS, status), Percentage(Share.ROW))
    assert (made.values[0, 1, 0], made.status[0, 1, 0]) == (0.0, ZERO)


def test_a_percentage_of_nothing_is_not_available():
    """Open data print a total of 0, of which nothing is a percentage."""
    made = derived.percentage(TABLE, measure(np.zeros((1, 3, 3)), sd=0), Percentage(Share.ROW))
    assert (made.status == ABSENT).all()


def test_percentages_are_of_counts_and_sums():
    """Means cannot be added up, so they have no percentages."""
    mean = measure(COUNTS, STATUS, id_="PAY:MEAN", statistic="MEAN", precision=2)
    with pytest.raises(QueryError, match="cannot be added up"):
        derived.percentage(TABLE, mean, Percentage(Share.ROW))


def test_months_are_never_added_up_for_a_percentage():
    """With the date alone in the columns a row has no total: the same people stand in every month."""
    dated = replace(MONTHS, role=Role.COLUMNS)
    with pytest.raises(QueryError, match="need a field in the columns; the date is not added up"):
        derived.added_axes((AREAS, dated), Share.ROW)
    assert derived.added_axes((AREAS, dated), Share.TOTAL) == (0,)
    assert derived.added_axes((AREAS, dated, KINDS), Share.ROW) == (2,)


def test_a_table_without_its_total_says_so():
    """Nothing is added up here in its place."""
    bare = cube([ONE_MONTH, AREAS, dimension("kind", ["x", "y"], role=Role.COLUMNS)], measure([[[1, 2]] * 3]))
    with pytest.raises(QueryError, match="no total of Kind"):
        derived.percentage(bare, bare.measures[0], Percentage(Share.ROW))


def test_the_noise_of_a_percentage_is_bounded_by_the_noise_of_both_parts():
    """100 (1.7 / 101 + 30 * 1.7 / 101^2), rounded up to two decimals; the whole's own percentage is certain."""
    made = derived.percentage(TABLE, TABLE.measures[0], Percentage(Share.ROW))
    assert made.sd[0, 0].tolist() == [2.19, 2.85, 0.0]
    assert made.sd[0, 1, 0] == 0.0


def test_the_bound_holds_for_noise_that_pulls_apart():
    """A part one sd too high in a whole one sd too low is off by no more than the bound, to the first order."""
    made = derived.percentage(TABLE, TABLE.measures[0], Percentage(Share.ROW))
    worst = 100 * ((30 + 0.017) / (101 - 0.017) - 30 / 101)
    assert worst <= made.sd[0, 0, 0] / 100 * 1.01


EARLIER = {"202412": "202411", "202501": "202412"}
PAIR = cube([MONTHS, AREAS], measure([[100, 40, 0], [90, 0, 55]], [[SHOWN, SHOWN, LOW], [SHOWN, LOW, SHOWN]]))


def test_a_change_is_the_later_number_less_the_earlier():
    """In the measure's unit; the first month has none, a hidden side hides it."""
    made = derived.change(PAIR, PAIR.measures[0], Change(Since.PREVIOUS), EARLIER)
    assert made.values[1].tolist() == [-10, 0, 0]
    assert made.status.tolist() == [[ABSENT] * 3, [SHOWN, LOW, LOW]]
    assert made.values.dtype == np.int64
    assert (made.sd[1, 0], made.unit, made.id) == (3.4, "person", "T:CHANGE:previous")


def test_a_change_in_per_cent_is_of_the_earlier_number():
    """90 after 100 is -10.0 per cent."""
    made = derived.change(PAIR, PAIR.measures[0], Change(Since.YEAR, percent=True), EARLIER)
    assert made.values[1, 0] == -10.0
    assert made.id == "T:CHANGE:year:percent"
    assert made.sd[1, 0] == 3.23  # 100 (1.7 / 100 + 90 * 1.7 / 100^2)


def test_a_change_from_nothing_in_per_cent_is_not_available():
    """Open data go from 0 to 7: a difference of 7 and no percentage."""
    open_ = cube([MONTHS], measure([0, 7], sd=0))
    assert derived.change(open_, open_.measures[0], Change(Since.PREVIOUS), EARLIER).values.tolist() == [0, 7]
    growth = derived.change(open_, open_.measures[0], Change(Since.PREVIOUS, percent=True), EARLIER)
    assert growth.status.tolist() == [ABSENT, ABSENT]


def test_months_counted_together_have_no_earlier_period():
    """A quarter made of months, and the total of months, are *not available*."""
    date = dimension("month", ["202412", "202501", "202412+202501"], role=Role.WAFERS, is_date=True, total=True)
    several = cube([date], measure([100, 90, 190, 190]))
    made = derived.change(several, several.measures[0], Change(Since.PREVIOUS), EARLIER)
    assert made.status.tolist() == [ABSENT, SHOWN, ABSENT, ABSENT]


def test_pounds_change_by_pence():
    """Differences of money are rounded to its precision, not left with the tail of a binary number."""
    pay = measure([1234.56, 1234.5], id_="PAY:SUM", statistic="SUM", precision=2)
    made = derived.change(cube([MONTHS], pay), pay, Change(Since.PREVIOUS), EARLIER)
    assert made.values[1] == -0.06


def test_equal_numbers_share_a_place():
    """1, 2, 2, 4; totals and hidden cells have none and take none."""
    areas = dimension("area", ["a", "b", "c", "d", "e"], total=True)
    table = cube([areas], measure([50, 90, 50, 7, 3, 200], [SHOWN, SHOWN, SHOWN, SHOWN, LOW, SHOWN]))
    made = derived.rank(table, table.measures[0], Rank("area"))
    assert made.values.tolist() == [2, 1, 2, 4, 0, 0]
    assert made.status.tolist() == [SHOWN] * 4 + [LOW, ABSENT]
    rising = derived.rank(table, table.measures[0], Rank("area", ascending=True))
    assert rising.values.tolist() == [2, 4, 2, 1, 0, 0]
    assert (made.id, rising.id) == ("T:RANK:area", "T:RANK:area:ascending")


def test_groups_are_compared_with_groups():
    """Two codes counted together are no rival of one of them."""
    areas = dimension("area", ["a", "b", "a+b", "b+c"])
    table = cube([areas], measure([50, 90, 140, 120]))
    assert derived.rank(table, table.measures[0], Rank("area")).values.tolist() == [2, 1, 1, 2]


def test_places_are_given_for_each_combination_of_the_others():
    """Every column has its own first."""
    made = derived.rank(TABLE, TABLE.measures[0], Rank("area"))
    assert made.values[0].tolist() == [[1, 1, 1], [0, 2, 2], [0, 0, 0]]


def test_a_formula_over_measures_is_one_more_measure():
    """Pay by persons; what is not printed on either side is not printed."""
    pay = measure(np.array(COUNTS) * 2.5, STATUS, id_="PAY:SUM", statistic="SUM", precision=2)
    asked = Formula("Pay a head", "{PAY:SUM} / {T}", precision=2)
    made = derived.formula(asked, {"PAY:SUM": pay, "T": TABLE.measures[0]})
    assert told(made)[1] == [None, 2.5, 2.5]
    assert (made.id, made.label, made.statistic, made.precision) == ("=Pay a head", "Pay a head", "FORMULA", 2)


def test_a_formula_over_items_is_one_more_item():
    """It stands last, flagged as derived, with its own precision; the other items keep their numbers and notes."""
    noted = replace(
        TABLE, cell_annotations={4: ("r",)}, annotations={"r": "Revised."}, blocked=np.zeros((1, 3, 3), np.uint8)
    )
    made = with_item(noted, Formula("Share of x", "{x} / ({x} + {y}) * 100", "kind", 1), {"x": 0, "y": 1})
    found = made.measures[0]
    assert made.dimensions[2].items[-1].label == "Share of x"
    assert made.dimensions[2].items[-1].formula.precision == 1
    assert found.values[0].tolist() == [[30, 70, 101, 30.0], [0, 20, 22, 0], [31, 91, 120, 25.4]]
    assert found.status[0, :, 3].tolist() == [SHOWN, LOW, SHOWN]
    assert found.flags[0, :, 3].tolist() == [CellFlag.DERIVED, 0, CellFlag.DERIVED]
    assert made.cell_annotations == {5: ("r",)}
    assert made.blocked.shape == (1, 3, 4)


def test_nothing_is_worked_out_from_what_was_worked_out():
    """A formula is *not available* in derived measures, and where it meets the formula of another field."""
    share = derived.percentage(TABLE, TABLE.measures[0], Percentage(Share.ROW))
    both = replace(TABLE, measures=(*TABLE.measures, share))
    first = with_item(both, Formula("x - y", "{x} - {y}", "kind", 0), {"x": 0, "y": 1})
    second = with_item(first, Formula("n - s", "{n} - {s}", "area", 0), {"n": 0, "s": 1})
    count, percent = second.measures
    assert count.status[0].tolist() == [[SHOWN] * 4, [LOW, SHOWN, SHOWN, LOW], [SHOWN] * 4, [LOW, SHOWN, SHOWN, ABSENT]]
    assert (percent.status[0, :, 3] == ABSENT).all()
    assert (percent.status[0, 3] == ABSENT).all()


def test_standard_errors_are_carried_along():
    """The same bound, to two significant figures, where a survey has some."""
    n = measure(COUNTS, STATUS, se=4.0)
    made = derived.percentage(TABLE, n, Percentage(Share.ROW))
    assert made.se[0, 0].tolist() == [5.2, 6.8, 0.0]
    low, high = made.interval
    assert low[0, 0, 0] < 29.7 < high[0, 0, 0]


def test_a_cut_keeps_what_belongs_to_the_cells_that_stay():
    """Numbers, notes of cells, blocked cells and texts of notes follow their cells."""
    blocked = np.array([[[0, 0, 0], [1, 1, 1], [0, 0, 0]]], np.uint8)
    whole = replace(
        TABLE,
        cell_annotations={3: ("r",), 8: ("p",)},
        annotations={"r": "Revised.", "p": "Provisional.", "I": "All."},
        database_annotations=("I",),
        blocked=blocked,
    )
    cut = taken(whole, [[0], [1], [0, 1]], [0])
    assert cut.measures[0].values.tolist() == [[[0, 20]]]
    assert cut.cell_annotations == {0: ("r",)}
    assert cut.annotations == {"r": "Revised.", "I": "All."}
    assert cut.blocked.tolist() == [[[1, 1]]]


@pytest.mark.parametrize(
    ("value", "precision", "rounded"),
    [(0.125, 2, 0.12), (0.375, 2, 0.38), (2.675, 2, 2.68), (-0.5, 0, 0), (1.5, 0, 2), (0.35, 1, 0.4), (0.25, 1, 0.2)],
)
def test_halves_go_to_the_even_neighbour(value, precision, rounded):
    """Halves of decimals, although most of them are no halves in binary."""
    assert round_half_even(np.array(value), precision) == rounded


def test_statuses_combine_in_a_fixed_order():
    """Confidential, not available, low; a structural zero prints 0 and so counts as printed."""
    every = np.arange(5, dtype=np.uint8)
    found = common_status([every[:, None], every[None, :]])
    order = [SECRET, ABSENT, LOW]
    for a in range(5):
        for b in range(5):
            assert found[a, b] == next((s for s in order if s in (a, b)), SHOWN)


def test_the_spread_has_as_many_decimals_as_the_number():
    """One for whole numbers, two for one or two, else as many."""
    assert [sd_decimals(p) for p in (0, 1, 2, 4)] == [1, 2, 2, 4]


def test_standard_errors_have_two_significant_figures():
    """Rounded up, from the smallest to the largest; nothing stays nothing."""
    found = two_figures(np.array([0.0, 0.012301, 0.99, 1.04, 17.01, 98_765.0, 1e7]))
    assert found.tolist() == [0.0, 0.013, 0.99, 1.1, 18.0, 99_000.0, 1e7]
