"""The machinery of the generator: chance by name, months, weights, amounts."""

import numpy as np
import pytest
from pydantic import ValidationError

from statlas.demonstration import steps
from statlas.demonstration.columns import Coded, where
from statlas.demonstration.made import DATABASES
from statlas.demonstration.months import month_number, pension_age, period_code
from statlas.demonstration.recipe import Recipe, read_recipe
from statlas.demonstration.step_forms import Amount, Choose, Net, Part, Set, Uprate
from statlas.demonstration.streams import normal, stream
from statlas.demonstration.writing import references

N = 20_000


def coded(codes, positions):
    """A column of codes."""
    return Coded(tuple(codes), np.array(positions, dtype=np.int8))


def test_streams_of_other_names_differ():
    """A stream is the same for the same names, and another one for any other."""
    draws = {names: tuple(stream(1, *names).random(3)) for names in (("a", "b"), ("ab",), ("b", "a"))}
    assert len(set(draws.values())) == 3
    assert tuple(stream(1, "a", "b").random(3)) == draws["a", "b"]


def test_a_stream_is_pinned():
    """Records of a seed do not change with a version of NumPy: the first numbers of a stream stand here."""
    assert list(stream(2013, "hb_new").random(2)) == [0.9709248130554284, 0.5608501283308133]


def test_normal_numbers_are_normal():
    """They have mean 0, standard deviation 1, and none is infinite."""
    drawn = normal(stream(1, "normal"), N)
    assert np.isfinite(drawn).all()
    assert drawn.mean() == pytest.approx(0, abs=0.03)
    assert drawn.std() == pytest.approx(1, abs=0.03)


def test_months_are_numbers_and_back():
    """A period code survives the way to a number and back."""
    for period in ("201804", "201812", "201901", "202512"):
        assert period_code(month_number(period)) == period


@pytest.mark.parametrize(
    ("born", "years", "months"),
    [("195301", 65, 0), ("195311", 65, 0), ("195312", 65, 1), ("195406", 65, 7), ("195410", 66, 0), ("197001", 66, 0)],
)
def test_pension_age_is_the_laws(born, years, months):
    """65 until those born in November 1953, then rising to 66 for those born from October 1954."""
    assert pension_age(np.array([month_number(born)], dtype=np.int32)) == [years * 12 + months]


def test_codes_are_drawn_by_their_weights():
    """Shares follow the weights of the row's group, and a weight of nothing gives nothing."""
    frame = {"sex": coded("12", np.arange(N) % 2)}
    step = Choose(column="x", by="sex", weights={"1": {"a": 3, "b": 1}, "otherwise": {"c": 1}})
    drawn = steps.do(step, frame, stream(1, "x"), 0)
    assert drawn.equals("a")[::2].mean() == pytest.approx(0.75, abs=0.02)
    assert drawn.equals("c")[1::2].all()
    assert not drawn.equals("c")[::2].any()


def test_a_tilt_changes_weights_where_it_holds():
    """Weights are multiplied in the rows of the condition alone."""
    frame = {"all": coded("0", np.zeros(N, int)), "age": np.where(np.arange(N) % 2, 70.0, 20.0)}
    tilt = {"where": {"age": {"from": 60}}, "times": {"b": 0}}
    drawn = steps.do(Choose(column="x", by="all", weights={"0": {"a": 1, "b": 1}}, tilts=[tilt]), frame, stream(1), 0)
    assert drawn.equals("a")[1::2].all()
    assert 0.4 < drawn.equals("b")[::2].mean() < 0.6


def test_a_record_that_can_have_no_code_is_a_mistake():
    """Weights that leave a record without any code fail loudly."""
    step = Choose(column="x", by="g", weights={"1": {"a": 1}})
    with pytest.raises(AssertionError, match="can have no code"):
        steps.do(step, {"g": coded("12", [0, 1])}, stream(1), 0)


def test_a_condition_on_a_code_that_is_not_there_is_a_mistake():
    """A misspelt code in a recipe fails loudly."""
    with pytest.raises(AssertionError, match="no codes"):
        where({"sex": coded("12", [0, 1])}, {"sex": "3"})


def test_amounts_lie_around_their_middle():
    """The median is the middle of the group times its factors."""
    frame = {"g": coded("12", np.arange(N) % 2)}
    step = Amount(column="x", by="g", middle={"1": 100, "2": 10}, spread=0.2, times=[{"by": "g", "factors": {"2": 3}}])
    drawn = steps.do(step, frame, stream(1, "x"), 0)
    assert np.median(drawn[::2]) == pytest.approx(100, rel=0.02)
    assert np.median(drawn[1::2]) == pytest.approx(30, rel=0.02)


def test_parts_and_what_is_left_are_whole_pence():
    """A part is missing for codes without one, counts as nothing in a difference, and pence are whole."""
    frame = {"rent": np.array([100.013, 80.0, 0.2]), "rooms": coded("012", [1, 0, 2])}
    part = steps.do(Part(column="cut", part_of="rent", by="rooms", parts={"1": 0.14, "2": 0.25}), frame, None, 0)
    assert np.array_equal(part, [14.0, np.nan, 0.05], equal_nan=True)
    net = steps.do(Net(column="x", net_of="rent", less=["cut"], least=0.5), frame | {"cut": part}, None, 0)
    assert list(net) == [86.01, 80.0, 0.5]


def test_a_code_is_set_where_a_condition_holds():
    """The code changes there, and a code that was never drawn can be set."""
    frame = {"x": coded("12", [0, 1, 1])}
    changed = steps.do(Set(column="x", to="9", where={"x": "2"}), frame, None, 0)
    assert list(changed.equals("9")) == [False, True, True]


def test_uprating_holds_from_its_period_on():
    """The factor of the last period that has begun counts."""
    step = Uprate(column="x", uprate={"201804": 1, "201904": 2})
    frame = {"x": np.array([10.0])}
    assert [steps.do(step, frame, None, month_number(p))[0] for p in ("201903", "201904", "202512")] == [10, 20, 20]


def test_references_are_fixed_width_and_in_order():
    """Unit ids say that they are synthetic and count up."""
    assert references("SYN-HB-", 9, 3).to_pylist() == ["SYN-HB-00000009", "SYN-HB-00000010", "SYN-HB-00000011"]


def test_a_key_that_is_not_known_is_a_mistake():
    """A recipe with a misspelt key is not read."""
    content = read_recipe(DATABASES / "hb_new").model_dump()
    with pytest.raises(ValidationError, match="wights"):
        Recipe.model_validate(content | {"once": [{"column": "x", "by": "sex", "wights": {}}]})
