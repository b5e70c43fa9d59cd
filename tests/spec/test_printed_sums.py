"""What stands beside a count: sums, means, percentiles and weights, on tables small enough to read (D6)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from measured import COST, PAY, WORLD, table
from worlds import draw, flat, geography

from statlas.disclosure import amounts, groups
from statlas.disclosure.cubes import Blanks, PerturbedCube, PerturbedMeasure, Printed, PublicCube
from statlas.disclosure.percentiles import percentile_of_bands, unit_of
from statlas.disclosure.printing import print_cells
from statlas.engine.axes import field_axis
from statlas.engine.bands import edges_of
from statlas.engine.measures import resolve_measures
from statlas.engine.plan import plan
from statlas.errors import QueryError, TooManyCellsError, UnknownNameError
from statlas.model.cells import CellFlag, CellStatus
from statlas.model.query import Dimension, Item, Query

LOW, SHOWN, CLOSED = CellStatus.LOW, CellStatus.SHOWN, CellStatus.CONFIDENTIAL
FOUR = field_axis(flat("KIND", 4), [(node,) for node in flat("KIND", 4).classification.nodes]).axis
"""Everything, and its four codes."""


def printed(counts: list[int], sums: list[int], **more) -> PublicCube:
    """What is printed of everything and four codes, by their perturbed counts and sums."""
    measure = PerturbedMeasure(np.array(sums), **more)
    cube = PerturbedCube(np.array(counts), np.ones(5, dtype=bool), measures={"PAY": measure})
    return print_cells(cube, [FOUR], threshold=5, margin=11)


def sums_of(cube: PublicCube) -> list[int | None]:
    """Printed sums; None where they are low."""
    found = cube.measures["PAY"].sums
    return [int(value) if status == SHOWN else None for value, status in zip(found.values, found.status, strict=True)]


def test_a_sum_stands_beside_ten_or_more():
    """Nine are counted, and their sum is not told."""
    cube = printed([60, 9, 10, 20, 21], [600, 90, 100, 200, 210])
    assert cube.values.tolist() == [60, 9, 10, 20, 21]
    assert sums_of(cube) == [600, None, 100, 200, 210]


def test_a_sum_inherits_with_its_count():
    """The only shown code prints the number and the sum of everything: a difference would be of the hidden ones."""
    cube = printed([41, 32, 4, 0, 3], [410, 322, 40, 0, 31])
    assert cube.values.tolist() == [41, 41, 0, 0, 0]
    assert sums_of(cube) == [410, 410, None, None, None]


def test_the_sum_of_a_hidden_cell_is_that_of_its_parent_or_none():
    """Four beside none print the number of everything, and its sum where that is of ten or more."""
    cube = printed([12, 4, 0, 0, 0], [120, 41, 0, 0, 0])
    assert cube.values.tolist() == [12, 12, 0, 0, 0]
    assert sums_of(cube) == [120, 120, None, None, None]
    assert sums_of(printed([9, 4, 0, 0, 0], [90, 41, 0, 0, 0])) == [None] * 5


def test_a_few_with_an_amount_beside_no_blank_are_all():
    """Four with an amount, no blank one, seven in all: the number with an amount is the seven that all print."""
    cube = printed(
        [40, 7, 12, 12, 12],
        [350, 40, 100, 100, 100],
        blanks=blanks([35, 4, 10, 10, 10], [6, 0, 5, 5, 5], [400, 70, 120, 120, 120]),
    )
    assert cube.measures["PAY"].records.values[:2].tolist() == [35, 7]
    assert sums_of(cube)[:2] == [350, None]


def blanks(given: list[int], blank: list[int], sums: list[int]) -> Blanks:
    """Perturbed counts with and without an amount, and sums scaled by the count of all."""
    return Blanks(np.array(given), np.array(blank), np.array(sums))


def test_a_few_without_an_amount_are_not_told_apart():
    """With four blanks the number with an amount prints as that of all, and the sum is scaled by it; with forty not."""
    few = blanks([56, 12, 12, 16, 16], [4, 2, 0, 2, 0], [601, 141, 121, 181, 161])
    cube = printed([60, 14, 12, 18, 16], [560, 120, 120, 160, 160], blanks=few)
    assert cube.measures["PAY"].records.values.tolist() == [60, 14, 12, 18, 16]
    assert sums_of(cube) == [601, 141, 121, 181, 161]
    many = blanks([20, 10, 10, 0, 0], [40, 6, 2, 18, 14], [601, 161, 121, 181, 161])
    cube = printed([60, 16, 12, 18, 14], [200, 100, 100, 0, 0], blanks=many)
    assert cube.measures["PAY"].records.values.tolist() == [20, 10, 12, 0, 0]
    assert sums_of(cube) == [200, 100, 121, None, None]


def test_no_cell_has_two_sums():
    """A cell that prints another's number prints that one's sum as it stands there, by whichever way it got to it.

    The first code prints like everything, for all others are hidden, and its number with an amount like its own number
    of all, for its blanks are hidden; by both steps that would be the forty-two of everything.
    But everything itself tells its twelve blanks apart and prints thirty-six with an amount: so does the first code.
    """
    split = blanks([36, 30, 6, 1, 1], [12, 3, 1, 3, 3], [421, 331, 41, 41, 41])
    cube = printed([42, 33, 4, 4, 4], [360, 300, 60, 10, 10], blanks=split)
    assert cube.values.tolist() == [42, 42, 0, 0, 0]
    assert cube.measures["PAY"].records.values[:2].tolist() == [36, 36]
    assert sums_of(cube)[:2] == [360, 360]


def test_a_number_that_prints_another_is_printed_as_that_one():
    """Town 1 prints like the North, whose number with an amount prints like England's: so does the town's.

    By its own steps the town would print twenty-four, a second number for the North.
    Each place has its perturbed numbers of all records, of those with an amount, and of those without.
    """
    field = geography()
    axis = field_axis(field, [(node,) for node in field.classification["TOWN"].nodes()])
    numbers = {"all": (80, 60, 20), "E": (40, 28, 12), "W": (40, 32, 8), "W-1": (20, 16, 4), "W-2": (20, 16, 4)}
    numbers |= {"E1": (26, 24, 3), "E1-1": (20, 18, 2), "E1-2": (4, 5, 0), "E1-3": (4, 1, 3)}
    numbers |= {"E2": (12, 3, 9), "E2-1": (6, 1, 5), "E2-2": (6, 1, 5), "E2-3": (0, 0, 0)}
    names = ["all" if node is None else node.code for node in axis.nodes]
    counts, given, blank = np.array([numbers[name] for name in names]).T
    measure = PerturbedMeasure(10 * given, blanks=Blanks(given, blank, 10 * counts))
    cube = PerturbedCube(counts, np.ones(len(names), dtype=bool), measures={"PAY": measure})
    public = print_cells(cube, [axis.axis], threshold=5, margin=11)
    at = [names.index(name) for name in ("E1-1", "E1", "E")]
    assert public.values[at].tolist() == [26, 26, 40]
    assert public.measures["PAY"].records.values[at].tolist() == [28, 28, 28]
    assert public.measures["PAY"].sums.values[at].tolist() == [280, 280, 280]


def grouped(cube: PublicCube, *codes: int) -> tuple[int | None, int]:
    """The sum of a group of codes, and for how many of its records a mean stands."""
    found = amounts.start(cube.measures["PAY"].sums, cube)
    found = amounts.group(found, FOUR, 0, [np.array(codes)], threshold=5, n_min=10)
    return (int(found.values[0]) if found.status[0] == SHOWN else None), int(found.imputed[0])


def test_a_group_adds_printed_sums():
    """Two printed sums and nothing else."""
    assert grouped(printed([60, 20, 15, 12, 13], [600, 210, 140, 130, 120]), 1, 2) == (350, 0)


def test_a_code_without_a_sum_adds_its_people_at_the_mean_of_its_parent():
    """Eight are counted; everything has a mean of 10; so they add 80."""
    assert grouped(printed([60, 20, 8, 12, 20], [600, 210, 77, 130, 183]), 1, 2) == (290, 8)


def test_a_hidden_code_adds_its_share_at_the_mean_of_its_parent():
    """Two hidden codes share the eight that 60 has beyond 52: four each, at a mean of 10."""
    assert grouped(printed([60, 32, 4, 3, 20], [600, 320, 44, 22, 200]), 1, 2) == (360, 4)


def test_a_group_of_fewer_than_ten_has_no_sum():
    """Five and four are nine."""
    assert grouped(printed([60, 5, 4, 30, 21], [600, 50, 40, 300, 210]), 1, 2)[0] is None


def test_a_group_whose_parts_have_no_mean_has_no_sum():
    """Seven and seven are fourteen, but where everything prints nine there is no mean to add them at."""
    assert grouped(printed([9, 7, 7, 0, 0], [90, 70, 70, 0, 0]), 1, 2)[0] is None


def test_a_month_without_a_sum_counts_at_the_mean_of_the_others():
    """Twenty at a mean of 10 and eight beside them: 280 for 28 people."""
    records = [PublicCube(np.array([n]), np.array([SHOWN], np.uint8)) for n in (20, 8)]
    sums = [Printed(np.array([200]), np.array([SHOWN], np.uint8)), Printed(np.array([0]), np.array([LOW], np.uint8))]
    found = amounts.add_periods(sums, records, threshold=5, n_min=10)
    assert (found.values.tolist(), found.records.values.tolist(), found.imputed.tolist()) == ([280], [28], [8])
    assert amounts.add_periods(sums[1:] * 2, records[1:] * 2, threshold=5, n_min=10).status.tolist() == [LOW]


def test_blocked_cells_print_nothing_and_count_as_hidden():
    """A blocked cell adds its share to a group; a group of blocked cells alone is blocked."""
    cube = printed([60, 20, 15, 12, 13], [600, 210, 140, 130, 120])
    closed = cube.blocked(np.array([False, True, True, False, False]))
    assert closed.status.tolist() == [SHOWN, CLOSED, CLOSED, SHOWN, SHOWN]
    assert sums_of(closed) == [600, None, None, 130, 120]
    assert grouped(closed, 1, 3) == (170, 4)
    assert grouped(closed, 1, 2)[0] is None
    counts = groups.group(groups.start(closed), FOUR, 0, [np.array([1, 2])], threshold=5)
    assert counts.status.tolist() == [CLOSED]


EDGES = (0, 100, 200, 400)


def percentile(counts: list[float], p: int) -> int | None:
    """A percentile of one cell by its bands; None outside them."""
    found = percentile_of_bands(np.array(counts, dtype=float), EDGES, p)
    return int(found.values) if found.inside else None


def test_a_percentile_lies_in_proportion_within_its_band():
    """Forty of a hundred lie below 100; the fiftieth is a third of the way through the next thirty."""
    assert percentile([0, 40, 30, 30, 0], 50) == 130
    assert percentile([0, 40, 30, 30, 0], 10) == 20
    assert percentile([0, 40, 30, 30, 0], 90) == 330


def test_a_percentile_at_the_end_of_a_band_is_its_bound():
    """Half lie below 100."""
    assert percentile([0, 50, 25, 25, 0], 50) == 100


def test_a_percentile_in_an_open_band_is_not_told():
    """Nobody knows how far below 0, or above 400, it lies."""
    assert percentile([60, 20, 10, 10, 0], 50) is None
    assert percentile([0, 10, 10, 20, 60], 50) is None
    assert percentile([0, 0, 0, 0, 0], 50) is None


def test_a_percentile_is_rounded_to_a_tenth_of_its_band_or_less():
    """A band of 100 is read in tens, one of 99 in ones."""
    assert unit_of(np.array([1, 9, 10, 99, 100, 999, 1000])).tolist() == [1, 1, 1, 1, 10, 10, 100]


def test_bands_that_nobody_chose_are_preferred_numbers():
    """From one pound to a million, ten to a factor of ten, whatever the records."""
    edges = edges_of(replace(PAY, edges=()))
    assert (edges[:5], edges[-1]) == ((0, 100, 125, 160, 200), 100_000_000)
    assert edges_of(COST)[:6] == (0, 1, 2, 3, 4, 5)
    assert edges_of(PAY) == PAY.edges


def names(*asked: str, exact: bool = False) -> list[str]:
    """Canonical ids of what is asked."""
    return [one.id for one in resolve_measures(WORLD, asked, exact=exact)]


def test_a_measure_without_a_statistic_is_its_first():
    """And nothing at all is the count."""
    assert names("PAY") == ["PAY:SUM"]
    assert names() == ["T"]
    assert names("COST:MEAN", "T", "PAY:P50") == ["COST:MEAN", "T", "PAY:MEDIAN"]


def test_open_data_have_every_percentile():
    """P30 of open rents, but not of people's pay; there is no P0, P100 or P05."""
    assert names("PAY:P30", exact=True) == ["PAY:P30"]
    for name in ("PAY:P0", "PAY:P100", "PAY:P05", "PAY:P-1"):
        with pytest.raises(QueryError, match="not a statistic of Pay"):
            names(name, exact=True)
    with pytest.raises(QueryError, match="PAY:SUM, PAY:MEAN, PAY:MEDIAN, PAY:P10, PAY:P90"):
        names("PAY:P30")
    with pytest.raises(QueryError):
        names("PAY:P25")  # not in the definition's list


@pytest.mark.parametrize("name", ["WAGE", "WAGE:MEAN", "", "pay", "T:SUM", ":MEAN"])
def test_an_unknown_measure_is_named_with_what_there_is(name):
    """The error holds the name as it was sent and lists what may be asked."""
    with pytest.raises(UnknownNameError) as error:
        names(name)
    assert error.value.component == name
    assert "T (the count), PAY:SUM" in error.value.mend


@pytest.mark.parametrize("name", ["PAY:", "PAY:sum", "PAY:MEAN:MEAN", "PAY:MAX"])
def test_an_unknown_statistic_is_refused(name):
    """No maximum, and no second colon."""
    with pytest.raises(QueryError, match="not a statistic"):
        names(name)


def test_each_number_is_asked_once():
    """The median by two names is one number."""
    with pytest.raises(QueryError, match="PAY:MEDIAN is asked twice"):
        names("PAY:P50", "T", "PAY:MEDIAN")


def test_measures_count_towards_what_is_held_at_once(monkeypatch):
    """A table that fits without sums may be too large with them, and is refused before anything is read."""
    monkeypatch.setattr("statlas.engine.plan.MAX_WORKING_CELLS", 30)
    dimensions = (Dimension("AREA", valueset="TOWN"),)
    plan(WORLD, Query("world", ("T",), dimensions))
    with pytest.raises(TooManyCellsError):
        plan(WORLD, Query("world", ("PAY:SUM", "COST:SUM"), dimensions))
    with pytest.raises(TooManyCellsError):
        table(Query("world", ("PAY:MEDIAN",), dimensions), {})


def test_labels_say_what_the_number_is():
    """The statistic stands before the measure."""
    records = draw(WORLD, 200, 1)
    cube = table(Query("world", ("T", "PAY", "PAY:MEAN", "PAY:MEDIAN", "PAY:P10")), records)
    assert [measure.label for measure in cube.measures] == [
        "Persons",
        "Sum of Pay",
        "Mean of Pay",
        "Median of Pay",
        "10th percentile of Pay",
    ]
    assert [(m.id, m.measure, m.unit, m.precision) for m in cube.measures[1:3]] == [
        ("PAY:SUM", "PAY", "GBP", 2),
        ("PAY:MEAN", "PAY", "GBP", 2),
    ]


def test_a_group_says_that_it_is_one_and_how_much_of_it_is_imputed():
    """Two towns with sums are a group; of two with four people each, all is imputed, and it is of low reliability."""
    place = WORLD.field("AREA").classification
    crowded, empty = place["TOWN"].nodes()[:2], place["TOWN"].nodes()[4:]
    dimensions = (Dimension("AREA", items=(Item(crowded), Item(empty), Item(crowded[:1]))),)
    cube = table(Query("world", ("PAY:MEAN",), dimensions), draw(WORLD, 200, 3, skew=4.0))
    flags = cube.measures[0].flags.reshape(-1).tolist()
    assert flags == [CellFlag.DERIVED, CellFlag.DERIVED | CellFlag.UNRELIABLE, CellFlag.NONE]
