"""How a cell is printed and how groups are summed: decisions D4 and D5 on tables small enough to read."""

from __future__ import annotations

import numpy as np
import pytest
from worlds import NOISE_KEY, ages, banded, database, draw, flat, geography, manifest

from statlas.disclosure import groups
from statlas.disclosure.cubes import PerturbedCube, PublicCube
from statlas.disclosure.policy import policy_for
from statlas.disclosure.printing import print_cells
from statlas.engine import kernel
from statlas.engine.axes import field_axis
from statlas.engine.plan import plan
from statlas.engine.protect import protect
from statlas.engine.tabulate import tabulate
from statlas.errors import TooManyCellsError
from statlas.model.cells import CellFlag, CellStatus
from statlas.model.classification import Classification, Code, Node, Valueset
from statlas.model.database import Field
from statlas.model.derivation import Column
from statlas.model.query import Dimension, Item, Query

LOW = None
STANDARD = policy_for("standard")


def printed(field: Field, counts: dict[str, int], *, inherit: bool = True) -> dict[str, int | None]:
    """What each node of a field prints for perturbed counts by code; ``all`` is the root."""
    cube, names, _ = _public(field, counts, margin=11 if inherit else -1)
    return {
        name: int(v) if s == CellStatus.SHOWN else LOW
        for name, v, s in zip(names, cube.values, cube.status, strict=True)
    }


def _public(field: Field, counts: dict[str, int], *, margin: int = 11):
    axis = field_axis(field, [(node,) for node in field.classification[field.classification.valuesets[-1].id].nodes()])
    names = ["all" if node is None else node.code for node in axis.nodes]
    perturbed = PerturbedCube(np.array([counts[name] for name in names]), np.ones(len(names), dtype=bool))
    return print_cells(perturbed, [axis.axis], threshold=5, margin=margin), names, axis


def grouped(field: Field, counts: dict[str, int], *codes: str) -> tuple[int | None, int]:
    """What a group of the finest codes prints, and its flags."""
    cube, names, axis = _public(field, counts)
    cover = np.array([names.index(code) for code in codes])
    sums = groups.group(groups.start(cube), axis.axis, 0, [cover], threshold=5)
    done, flags = groups.finish(sums, np.array([len(codes) > 1]), threshold=5)
    return (int(done.values[0]) if done.status[0] == CellStatus.SHOWN else LOW), int(flags[0])


FOUR = flat("KIND", 4)


def drawn(perturbed: str, *, inherit: tuple[bool, bool] = (True, True)) -> list[str]:
    """What a table prints, line by line: rows are all and the codes of one field, columns those of a second.

    Where a table has one field it has one line.
    """
    rows = np.array([line.split() for line in perturbed.strip().splitlines()], dtype=np.int64)
    counts = rows[0] if len(rows) == 1 else rows
    axes = [
        field_axis(field, [(node,) for node in field.classification.nodes]).axis
        for n, along in zip(counts.shape, inherit[2 - counts.ndim :], strict=True)
        for field in [flat(f"F{n}", n - 1, inherit=along)]
    ]
    made = print_cells(PerturbedCube(counts, np.ones(counts.shape, bool)), axes, threshold=5, margin=11)
    words = np.where(made.status == CellStatus.SHOWN, made.values.astype(str), "low")
    return [" ".join(line) for line in np.atleast_2d(words)]


def test_a_count_below_five_and_none_print_the_same():
    """Zero and four look alike; five is printed."""
    found = printed(FOUR, {"all": 60, "1": 0, "2": 4, "3": 5, "4": 51})
    assert found == {"all": 60, "1": LOW, "2": LOW, "3": 5, "4": 51}


def test_the_only_shown_sibling_prints_like_its_parent():
    """All but one hidden and the gap at most 2D + 1: cell and margin are one number, not two looks."""
    assert printed(FOUR, {"all": 41, "1": 30, "2": 4, "3": 0, "4": 3})["1"] == 41
    assert printed(FOUR, {"all": 42, "1": 30, "2": 4, "3": 0, "4": 3})["1"] == 30


def test_a_cell_with_another_shown_sibling_keeps_its_own_number():
    """Two shown siblings: nothing inherits."""
    assert printed(FOUR, {"all": 41, "1": 30, "2": 5, "3": 0, "4": 3})["1"] == 30


def test_a_hidden_cell_stays_hidden_though_all_its_siblings_are():
    """Four people in each of three cells: the margin is printed, the cells are not, or three cells would print 12."""
    assert printed(FOUR, {"all": 12, "1": 4, "2": 4, "3": 4, "4": 0}) == {
        "all": 12,
        **dict.fromkeys("1234", LOW),
    }


@pytest.mark.parametrize(
    ("perturbed", "printed"),
    [
        ("7   4 0 0", "7 7 low low"),
        ("15  4 0 0", "15 15 low low"),
        ("16  4 0 0", "16 low low low"),
        ("7   4 3 0", "7 low low low"),
        ("7   0 0 0", "7 low low low"),
        ("4   3 0 0", "low low low low"),
        ("7   5 3 0", "7 7 low low"),
        ("7   4 0 5", "7 low low 7"),
    ],
)
def test_a_hidden_cell_beside_none_prints_like_its_parent(perturbed, printed):
    """Four and none, none: with their noise these are all that the parent counts, if it counts at most 11 more."""
    assert drawn(perturbed) == [printed]


def test_a_part_is_not_told_from_the_whole_by_a_low():
    """Five kinds of people, with one person's *yes* lost in the noise: *no* prints what everybody prints, at each kind.

    Rows are everybody, *yes* and *no*; columns all kinds and five of them.
    """
    found = drawn("""
        47  20   9   6   5   0
         0   0   0   0   0   0
        45  21   8   4   3   0
    """)
    assert found == ["47 20 9 6 5 low", "low low low low low low", "47 20 9 6 5 low"]


def test_inheriting_of_hidden_cells_goes_on_upwards():
    """Three people are four in their row, which is hidden too, and all but none of the six in their table."""
    assert drawn("""
        6   4   0
        4   3   0
        0   0   0
    """) == ["6 6 low", "6 6 low", "low low low"]


def test_a_hidden_cell_takes_the_first_such_whole_whatever_that_prints():
    """Cell, row and column are one person's only places; where the column prints nothing, neither does the cell.

    By its row it would print nine: a number for a part of what says ``low``.
    """
    assert drawn("""
       30   4  14  13
        9   3   0   0
       21   0  12  11
    """) == ["30 low 14 13", "9 low low low", "21 low 14 13"]


def test_a_hidden_cell_stays_hidden_where_a_field_does_not_inherit():
    """*No* is a four beside nobody, and the field is left out of inheriting; its kinds inherit from it all the same."""
    assert drawn("7 4 0 0", inherit=(True, False)) == ["7 low low low"]
    assert drawn(
        """
        9   7   0
        9   4   0
        0   0   0
        """,
        inherit=(False, True),
    ) == ["9 9 low", "9 9 low", "low low low"]


def test_a_hidden_area_stays_hidden_beside_areas_without_anybody():
    """One person of a rare kind in a town, and others in towns where the noise hid them: the country does not show him.

    A shown town prints like its region all the same.
    """
    counts = {"all": 9, "E": 4, "W": 0, "E1": 4, "E2": 0, "W-1": 0, "W-2": 0}
    towns = {"E1-1": 3, "E1-2": 0, "E1-3": 0, "E2-1": 0, "E2-2": 0, "E2-3": 0}
    assert printed(geography(), counts | towns) == dict.fromkeys(counts | towns, LOW) | {"all": 9}
    assert printed(geography(), counts | towns | {"E": 8, "E1": 7, "E1-1": 5})["E1-1"] == 9


def test_a_field_may_be_left_out_of_inheriting():
    """A field whose values are not sensitive keeps its margins as they are."""
    open_field = flat("SEX", 4, inherit=False)
    assert printed(open_field, {"all": 41, "1": 30, "2": 4, "3": 0, "4": 3})["1"] == 30


def test_inheriting_goes_on_upwards():
    """A town alone in its region, the region alone in the country: all three print the country's number."""
    counts = {"all": 90, "E": 60, "W": 30, "E1": 58, "E2": 3, "E1-1": 55, "E1-2": 2, "E1-3": 0}
    counts |= {"E2-1": 1, "E2-2": 2, "E2-3": 0, "W-1": 15, "W-2": 15}
    found = printed(geography(), counts)
    assert (found["E1-1"], found["E1"], found["E"]) == (60, 60, 60)
    assert found["W"] == 30


def test_a_place_published_twice_is_one_node():
    """Wales is a country and a region: one node, one number, whichever was asked."""
    axis = field_axis(geography(), [(Node("REGION", "W"),), (Node("COUNTRY", "W"),)])
    assert axis.covers[0].positions.tolist() == axis.covers[1].positions.tolist()


def test_a_group_adds_printed_numbers_and_shares_of_hidden_ones():
    """Printed 20, hidden two of which the parent leaves (41 - 20 - 15) / 2 = 3 each: 26, nearly a quarter imputed."""
    assert grouped(FOUR, {"all": 41, "1": 20, "2": 4, "3": 3, "4": 15}, "1", "2", "3") == (26, CellFlag.DERIVED)


def test_a_share_is_at_most_the_threshold_less_one():
    """The parent leaves twelve for each hidden code; each adds four."""
    assert grouped(FOUR, {"all": 59, "1": 20, "2": 4, "3": 3, "4": 15}, "1", "2", "3")[0] == 28


def test_a_share_is_never_negative():
    """The parent prints less than its shown parts: the hidden ones add nothing."""
    assert grouped(FOUR, {"all": 30, "1": 20, "2": 4, "3": 3, "4": 15}, "1", "2", "3")[0] == 20


def test_a_group_that_is_mostly_imputed_is_marked_unreliable():
    """Nothing shown but the parent: 7 / 4 each, half of it rounds to 4, below the threshold; three of them print 5."""
    counts = {"all": 7, "1": 2, "2": 2, "3": 3, "4": 0}
    assert grouped(FOUR, counts, "1", "2") == (LOW, CellFlag.DERIVED)
    assert grouped(FOUR, counts, "1", "2", "3") == (5, CellFlag.DERIVED | CellFlag.UNRELIABLE)


def test_a_code_that_prints_like_its_parent_leaves_no_share_to_the_others():
    """Four beside none print the seven of everything; a group of both is those seven, and none of it is imputed."""
    counts = {"all": 7, "1": 4, "2": 0, "3": 0, "4": 0}
    assert grouped(FOUR, counts, "1", "2") == (7, CellFlag.DERIVED)
    assert grouped(FOUR, counts, "2", "3") == (LOW, CellFlag.DERIVED)


def test_a_hidden_parent_gives_nothing_to_share():
    """A hidden parent says nothing of its children."""
    assert grouped(FOUR, {"all": 4, "1": 2, "2": 2, "3": 0, "4": 0}, "1", "2", "3")[0] is LOW


def test_half_is_rounded_to_the_even_number():
    """A shown 20 and a share of one half print 20; a shown 21 and a half print 22."""
    assert grouped(FOUR, {"all": 36, "1": 20, "2": 4, "3": 3, "4": 15}, "1", "2")[0] == 20
    assert grouped(FOUR, {"all": 37, "1": 21, "2": 4, "3": 4, "4": 15}, "1", "2")[0] == 22


def test_a_total_of_every_code_is_the_root_itself():
    """A total over all codes prints the root's own number and is not derived."""
    world = database(flat("KIND", 4))
    records = draw(world, 500, 1)
    query = Query("world", dimensions=(Dimension("KIND", total=True),))
    made = plan(world, query)
    assert made.axes[0].covers[-1].positions.tolist() == [0]
    cube = tabulate(
        world, manifest(world), query, open_period=records.__getitem__, policy=STANDARD, noise_key=NOISE_KEY
    )
    assert cube.measures[0].flags.tolist() == [[0, 0, 0, 0, 0]]
    assert cube.measures[0].sd.tolist() == [[1.7, 1.7, 1.7, 1.7, 1.7]]


def test_a_sum_of_months_adds_the_shown_ones():
    """Dates have no parent: a hidden month adds nothing, and the sd grows with the months, not with their root."""
    months = [PublicCube(np.array([20, 0]), np.array([0, 1], dtype=np.uint8)) for _ in range(3)]
    added = groups.add_periods(months, threshold=5)
    assert added.values.tolist() == [60, 0]
    assert added.status.tolist() == [CellStatus.SHOWN, CellStatus.LOW]
    world = database(flat("KIND", 2), periods=("202501", "202502", "202503"))
    records = draw(world, 500, 1)
    quarter = Item(tuple(Node("C_MONTH", p) for p in world.periods), "First quarter")
    query = Query("world", dimensions=(Dimension("MONTH", items=(quarter,)), Dimension("KIND")))
    cube = tabulate(
        world, manifest(world), query, open_period=records.__getitem__, policy=STANDARD, noise_key=NOISE_KEY
    )
    assert cube.measures[0].sd.tolist() == [[5.2, 5.2]]


def test_a_code_outside_its_dates_is_a_structural_zero():
    """Before an authority existed it prints 0, marked, and takes no share of its parent."""
    codes = (Code("old", "Old", valid_to="202503"), Code("new", "New", valid_from="202504"), Code("x", "Always"))
    field = Field("LA", "Authority", "T", Classification((Valueset("C", "C", codes),)), Column("la"))
    world = database(field, periods=("202503", "202504"))
    records = draw(world, 300, 2)
    for period, gone in (("202503", 1), ("202504", 0)):
        records[period].columns["LA"][records[period].columns["LA"] == gone] = 2
    query = Query("world", dimensions=(Dimension("LA"), Dimension("MONTH", valueset="C_MONTH")))
    cube = tabulate(
        world, manifest(world), query, open_period=records.__getitem__, policy=STANDARD, noise_key=NOISE_KEY
    )
    assert cube.measures[0].status[:2].tolist() == [
        [CellStatus.SHOWN, CellStatus.STRUCTURAL_ZERO],
        [CellStatus.STRUCTURAL_ZERO, CellStatus.SHOWN],
    ]
    assert cube.measures[0].values[0, 1] == 0


@pytest.mark.parametrize("mean", [1, 3, 8])
def test_a_lone_person_is_hardly_ever_shown(mean):
    """A7: of cells with one person at most .06 are printed; three standard errors are allowed for."""
    world = database(flat("AREA", 60), flat("A", 4), flat("B", 5))
    shown, lone = 0, 0
    for seed in range(5):
        made = plan(world, Query("world", dimensions=tuple(Dimension(f) for f in ("AREA", "A", "B"))))
        raw = kernel.count(made, draw(world, mean * 1200, seed, skew=2.0)["202501"])
        public = protect(raw, made, "202501", policy=STANDARD, noise_key=NOISE_KEY, epoch=0)
        alone = raw.counts == 1
        shown, lone = shown + int((public.status[alone] == CellStatus.SHOWN).sum()), lone + int(alone.sum())
    assert lone > 100
    assert shown / lone <= 0.06 + 3 * np.sqrt(0.06 * 0.94 / lone)


def test_in_a_table_of_four_fields_hardly_more_are():
    """Cells of few people beside none are more there: .07 of those with one person are printed at most."""
    world = database(flat("AREA", 60), *(flat(name, 5) for name in "ABC"))
    made = plan(world, Query("world", dimensions=tuple(Dimension(f) for f in ("AREA", *"ABC"))))
    raw = kernel.count(made, draw(world, 8 * 60 * 5**3, 1, skew=2.0)["202501"])
    public = protect(raw, made, "202501", policy=STANDARD, noise_key=NOISE_KEY, epoch=0)
    alone = raw.counts == 1
    assert alone.sum() > 1_000
    shown = (public.status[alone] == CellStatus.SHOWN).mean()
    assert shown <= 0.07 + 3 * np.sqrt(0.07 * 0.93 / alone.sum())


def test_a_revised_period_draws_new_noise_for_every_cell():
    """A raised epoch changes the noise of the whole period, not of the cells that changed alone (D1)."""
    world = database(flat("KIND", 40))
    records = draw(world, 20_000, 3)
    query = Query("world", dimensions=(Dimension("KIND"),))
    before, after = (
        tabulate(
            world,
            manifest(world, epochs={"202501": epoch}),
            query,
            open_period=records.__getitem__,
            policy=STANDARD,
            noise_key=NOISE_KEY,
        ).measures[0]
        for epoch in (0, 1)
    )
    assert 0.5 < (before.values != after.values).mean() < 1.0


def test_a_table_that_stands_on_too_many_cells_says_so():
    """Siblings are counted whole, so few items may need many cells; the error tells those from the cells asked for."""
    fields = [flat(f"F{n}", 40) for n in range(5)]
    one = [Dimension(f.id, items=(Item(f.classification.nodes[:1]),)) for f in fields]
    with pytest.raises(TooManyCellsError, match="115,856,201 published cells would be counted"):
        plan(database(*fields), Query("world", dimensions=tuple(one)))


def test_a_group_that_is_an_official_node_prints_that_node():
    """Two to seven, put together from years and the half four to seven, is the official band *2 to 7*."""
    asked = (Node("YEAR", "3"), Node("HALF", "b"), Node("YEAR", "2"))
    axis = field_axis(ages(), [asked, (Node("PART", "o"),)])
    assert axis.covers[0].positions.tolist() == axis.covers[1].positions.tolist()


def cover(field: Field, *asked: Node) -> list[str]:
    """The official nodes that make up a group, as ``LEVEL code``, in the order of the axis."""
    axis = field_axis(field, [asked])
    return [" ".join(axis.nodes[p]) for p in sorted(axis.covers[0].positions)]


def codes_of(*numbers: int) -> tuple[Node, ...]:
    """Single codes of a banded field."""
    return tuple(Node("CODE", str(n)) for n in numbers)


def test_where_bandings_cross_a_group_is_made_of_the_fewest_nodes():
    """One to seven is the band *2 to 7* and the year one, not a half and three years."""
    assert cover(ages(), *(Node("YEAR", str(n)) for n in range(1, 8))) == ["PART o", "YEAR 1"]


def test_the_largest_node_inside_a_group_may_be_left_out():
    """One to six is 1-3 and 4-6; the band 2-5, larger than either, would leave 1 and 6 over."""
    crossing = banded(8, [0, 0, 1, 1, 1, 1, 2, 2], [9, 0, 0, 0, 1, 1, 1, 9])
    assert cover(crossing, *codes_of(1, 2, 3, 4, 5, 6)) == ["BAND_1 0", "BAND_1 1"]


def test_nodes_of_three_bandings_may_make_up_one_group():
    """One to nine is *1 to 4* of one banding, *5 to 6* of another and *7 to 9* of a third."""
    crossing = banded(
        11, [0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2], [0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 2], [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3]
    )
    assert cover(crossing, *codes_of(*range(1, 10))) == ["BAND_0 1", "BAND_1 1", "BAND_2 2"]


def test_nodes_of_a_group_never_share_a_code():
    """0-2 and 2-4 are all of nought to four, but hold two twice: a band and two codes are used."""
    crossing = banded(7, [0, 0, 0, 1, 1, 1, 1], [5, 6, 0, 0, 0, 6, 5])
    assert cover(crossing, *codes_of(0, 1, 2, 3, 4)) == ["BAND_0 0", "CODE 3", "CODE 4"]


def test_of_equally_few_the_larger_node_is_used_then_the_one_declared_first():
    """Four of 0-3 and one of 4 beside three of 0-2 and two of 3-4; then pairs on either side of one code."""
    sizes = banded(6, [0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 1, 2])
    assert cover(sizes, *codes_of(0, 1, 2, 3, 4)) == ["BAND_0 0", "CODE 4"]
    alike = banded(5, [0, 0, 0, 1, 1], [5, 0, 0, 0, 5])
    assert cover(alike, *codes_of(0, 1, 2, 3)) == ["BAND_0 0", "CODE 3"]
    assert cover(banded(5, [5, 0, 0, 0, 5], [0, 0, 0, 1, 1]), *codes_of(0, 1, 2, 3)) == ["BAND_0 0", "CODE 0"]
