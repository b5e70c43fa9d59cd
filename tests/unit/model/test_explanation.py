import numpy as np
import pytest
from cubes import ABSENT, LOW, SECRET, SHOWN, ZERO, cube, dimension, measure

from statlas.errors import QueryError, UnknownNameError
from statlas.model.cells import CellFlag, CellStatus
from statlas.model.explanation import Noise, cell_of, citation, explain, measure_of
from statlas.model.protection import RuleOutcome

RULE = RuleOutcome("sparsity", 2, 3, 1, "The table is too sparse.", "Take coarser levels.", ("Area a1",))


def made(statuses=SHOWN, **more):
    """A cube of two areas and a total by two kinds."""
    sides = [dimension("area", ["a1", "a2+a3"], total=True), dimension("kind", ["k1", "k2"])]
    numbers = [[12, 30], [7, 9], [20, 41]]
    return cube(sides, measure(numbers, statuses, **more.pop("measured", {})), **more)


def told(one, cell=(0, 0)):
    """What is said of a cell of the first measure."""
    return explain(one, cell, one.measures[0])


def test_a_printed_number_tells_its_noise():
    """The number, its sd, and an interval that holds no impossible count."""
    found = told(made())
    assert (found.value, found.text, found.status) == (12, "12", CellStatus.SHOWN)
    assert found.noise == Noise(1.7, 8.7, 15.3)
    assert "standard deviation of about 1.7" in found.said[0]
    assert explain(made(measured={"sd": 20.0}), (0, 0), made(measured={"sd": 20.0}).measures[0]).noise.lower == 0


@pytest.mark.parametrize(("status", "symbol"), [(LOW, "[low]"), (SECRET, "[c]"), (ABSENT, "[x]")])
def test_a_hidden_number_tells_only_why(status, symbol):
    """No value, no noise, no interval; the symbol with its sentence."""
    found = told(made(status))
    assert (found.value, found.noise, found.design, found.text, found.said) == (None, None, None, symbol, ())
    assert [one for one, _ in found.meanings] == [symbol]


def test_a_structural_zero_is_a_zero():
    """It is printed, and exact."""
    one = made(ZERO, measured={"sd": 0.0})
    found = told(one)
    assert (found.value, found.text, found.noise) == (0, "0 [z]", Noise(0.0, 0.0, 0.0))
    assert found.said == ()


def test_the_rule_that_hides_a_cell_is_named():
    """That rule and no other; a cell that is hidden otherwise names none."""
    blocked = np.zeros((3, 2), np.uint8)
    blocked[0, 0] = 1
    one = made(SECRET, rules=(RULE,), blocked=blocked)
    assert told(one).rule is RULE
    assert told(one, (1, 1)).rule is None
    assert told(made(rules=(RULE,), blocked=blocked)).rule is None


def test_a_survey_tells_its_design_beside_its_noise():
    """Standard error and an interval for both together."""
    found = told(made(measured={"se": 3.0}))
    assert found.design.standard_error == 3.0
    assert found.design.upper - found.design.lower > found.noise.upper - found.noise.lower


def test_every_note_on_a_cell_is_told_once_and_by_the_nearest_thing_it_is_on():
    """Of the cell, before those of the database."""
    one = made(
        annotations={"I": "Of all.", "II": "Of one.", "u": "Both."},
        database_annotations=("I", "u"),
        cell_annotations={0: ("II", "u")},
    )
    assert [(note.key, note.on) for note in told(one).notes] == [("II", "cell"), ("u", "cell"), ("I", "database")]
    assert [note.key for note in told(one, (1, 0)).notes] == ["I", "u"]


def test_marks_are_explained():
    """Each with its sentence."""
    found = told(made(measured={"flags": int(CellFlag.DERIVED | CellFlag.UNRELIABLE)}))
    assert [one for one, _ in found.meanings] == ["[d]", "[u]"]


def test_a_place_in_an_order_has_no_noise():
    """It is a place, not a size."""
    one = made(measured={"statistic": "RANK"})
    assert told(one).noise is None


@pytest.mark.parametrize(
    ("chosen", "cell"),
    [
        ({"area": "a1", "kind": "k1"}, (0, 0)),
        ({"area": "a2+a3", "kind": "k2"}, (1, 1)),
        ({"area": "a2@C_area+a3@C_area", "kind": "k2@C_kind"}, (1, 1)),
        ({"area": "Total", "kind": "Kind k2"}, (2, 1)),
        ({"area": "", "kind": "k1"}, (2, 0)),
    ],
)
def test_a_cell_is_chosen_as_files_write_it(chosen, cell):
    """By code, by code and level, by label; a total by its word or by its empty code."""
    assert cell_of(made(), chosen) == cell


def test_a_field_of_one_item_need_not_be_named():
    """There is no other."""
    one = cube([dimension("area", ["a1"]), dimension("kind", ["k1", "k2"])], measure([[1, 2]]))
    assert cell_of(one, {"kind": "k2"}) == (0, 1)


@pytest.mark.parametrize("chosen", [{}, {"area": "a1"}, {"area": "x", "kind": "k1"}, {"other": "a1"}])
def test_a_cell_that_is_not_there_is_refused(chosen):
    """A field left out, an item or a field that is not in the table."""
    with pytest.raises(QueryError):
        cell_of(made(), chosen)


def test_a_name_of_several_items_is_refused():
    """Two groups of one label."""
    one = cube([dimension("area", ["a1", "a1"])], measure([1, 2]))
    with pytest.raises(QueryError, match="several"):
        cell_of(one, {"area": "a1"})


def test_a_measure_is_chosen_by_its_id():
    """The first where none is named."""
    one = cube([dimension("area", ["a1"])], measure([1]), measure([2.0], id_="PAY:SUM", statistic="SUM", precision=2))
    assert measure_of(one, "").id == "T"
    assert measure_of(one, "PAY:SUM").id == "PAY:SUM"
    with pytest.raises(UnknownNameError):
        measure_of(one, "PAY")


def test_a_citation_names_what_where_and_under_which_licence():
    """In one line, synthetic numbers as such."""
    one = made(source="A department", licence="OGL-UK-3.0")
    said = citation(one, told(one), "https://example.org/t")
    assert said == (
        "Persons; Area: Area a1; Kind: Kind k1: 12. A made-up world, release 1, published 1 January 2026. "
        "A department. Synthetic: these are invented people. Open Government Licence v3.0. https://example.org/t"
    )
