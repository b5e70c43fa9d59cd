"""Classes, tiles and outlines of maps: worked out as the textbook has them."""

import time
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from statlas.charts.maps import Classes, MapChoice
from statlas.charts.maps_classes import Scale, natural, scale_of
from statlas.charts.maps_drawing import WIDTH, drawing_of
from statlas.charts.maps_sheet import mixed
from statlas.charts.maps_tiles import MOST_BLOCKS, tiles_of

CHOICE = MapChoice("AREA")
NUMBERS = st.lists(st.integers(-1_000, 1_000).map(float), min_size=1, max_size=60)


def natural_definition(numbers, n):
    """The smallest sum of squares about class means over every way to cut sorted numbers into ``n`` classes."""
    points = np.array(sorted(numbers))
    cuts = ((0, *cut, len(points)) for cut in combinations(range(1, len(points)), n - 1))
    return min(sum(squares(points[a:b]) for a, b in pairwise(at)) for at in cuts)


def squares(points):
    """The sum of squares about the mean."""
    return float(((points - points.mean()) ** 2).sum())


def within(numbers, breaks):
    """The sum of squares about class means that some breaks leave."""
    classes = np.searchsorted(breaks, numbers, side="right")
    values = np.array(numbers)
    return sum(squares(values[classes == k]) for k in set(classes))


@given(st.lists(st.integers(0, 50).map(float), min_size=4, max_size=9, unique=True), st.integers(2, 3))
def test_natural_breaks_are_the_best_there_are(numbers, n):
    """No other way to cut the numbers leaves less difference within the classes."""
    found = natural(np.sort(numbers), n)
    assert within(numbers, found) == pytest.approx(natural_definition(numbers, n), abs=1e-6)


@given(NUMBERS, st.sampled_from(list(Classes)), st.integers(3, 7))
def test_every_number_has_a_class(numbers, classes, n):
    """Classes are as many as asked for or fewer, and each number lies between the breaks of its own."""
    scale = scale_of(numbers, replace(CHOICE, classes=classes, n_classes=n))
    assert 1 <= scale.n_classes <= n
    assert list(scale.breaks) == sorted(set(scale.breaks))
    for value in numbers:
        k = scale.class_of(value)
        assert k == 0 or scale.breaks[k - 1] <= value
        assert k == len(scale.breaks) or value < scale.breaks[k]


@given(NUMBERS)
def test_changes_go_both_ways_from_the_middle(numbers):
    """No change lies in the middle class, and opposite changes in opposite ones."""
    scale = scale_of(numbers, replace(CHOICE, against=0))
    assert scale.is_diverging
    assert scale.n_classes % 2 == 1
    assert scale.class_of(0.0) == scale.n_classes // 2 or 0.0 in scale.breaks


def test_as_many_areas_in_each():
    """Of a hundred different numbers each of five classes has twenty."""
    scale = scale_of([float(n) for n in range(100)], CHOICE)
    assert np.bincount([scale.class_of(float(n)) for n in range(100)]).tolist() == [20] * 5


def test_own_breaks_are_taken_as_they_are():
    """A number at a break belongs above it."""
    scale = scale_of([1.0], replace(CHOICE, classes=Classes.OWN, breaks=(10.0, 20.0)))
    assert scale == Scale((10.0, 20.0))
    assert [scale.class_of(value) for value in (9.9, 10.0, 20.0)] == [0, 1, 2]


def test_many_numbers_have_natural_breaks_at_once():
    """Seven thousand numbers take less than seconds, as they are first put together."""
    numbers = np.sort(np.random.default_rng(1).lognormal(3, 1, 7_264))
    assert len(natural(numbers, 7)) == 6


@given(st.lists(st.integers(1, 40), min_size=1, max_size=12), st.data())
def test_no_tile_lies_on_another(sizes, data):
    """Every area has a tile of its own, of one size, wherever its block is said to lie."""
    blocks = [(f"R{b}", [(f"R{b}A{n}", "x") for n in range(size)]) for b, size in enumerate(sizes)]
    where = {above: data.draw(st.tuples(st.floats(0, 1), st.floats(0, 1))) for above, _areas in blocks if above != "R1"}
    drawn = tiles_of(blocks, where)
    assert len({box[:2] for box in drawn.boxes.values()}) == sum(sizes) == len(drawn.paths)
    assert len({box[2:] for box in drawn.boxes.values()}) == 1


def test_many_tiles_are_laid_out_at_once():
    """Sixty blocks of two hundred tiles, all wanting the same place, take no minutes."""
    blocks = [(f"R{b}", [(f"R{b}A{n}", "x") for n in range(200)]) for b in range(MOST_BLOCKS)]
    started = time.process_time()
    assert len(tiles_of(blocks, {}).paths) == 200 * MOST_BLOCKS
    assert time.process_time() - started < 5


def test_outlines_are_north_up_and_share_their_lines():
    """Of two squares the northern one is drawn above, and both have the line between them at the same height."""
    arcs = [[[0, 0], [10, 0]], [[0, 0], [0, -10], [10, 0], [0, 10]], [[0, 0], [0, 10], [10, 0], [0, -10]]]
    areas = [
        {"type": "Polygon", "id": "south", "properties": {"name": "S"}, "arcs": [[0, -2]]},
        {"type": "Polygon", "id": "north", "properties": {"name": "N"}, "arcs": [[0, -3]]},
    ]
    topology = {
        "transform": {"scale": [0.1, 0.1], "translate": [0, 50]},
        "bbox": [0, 49, 1, 51],
        "arcs": arcs,
        "objects": {"areas": {"type": "GeometryCollection", "geometries": areas}},
    }
    drawn = drawing_of(topology)
    assert drawn.boxes["north"][1] < drawn.boxes["south"][1]
    left, top, wide, high = drawn.boxes["north"]
    assert abs(top + high - drawn.boxes["south"][1]) < WIDTH / 100
    assert drawn.around(["north"])[2] < drawn.around(["north", "south"])[3]
    assert (left, wide) >= (0, 1)


def test_colours_lie_between_their_ends():
    """The ends of a ramp are its colours, the middle of two their mean."""
    assert [mixed(("#000000", "#ffffff"), part) for part in (0.0, 0.5, 1.0)] == ["#000000", "#808080", "#ffffff"]
