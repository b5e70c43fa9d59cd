"""The steps of a recipe that work things out, and draws that a claim keeps."""

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from statlas.demonstration import steps
from statlas.demonstration.columns import Coded
from statlas.demonstration.months import month_number
from statlas.demonstration.step_forms import Step
from statlas.demonstration.streams import Kept, stream

N = 20_000
READ = TypeAdapter(Step)


def coded(codes, positions):
    """A column of codes."""
    return Coded(tuple(codes), np.array(positions, dtype=np.int8))


def done(written, frame, chance=None, month=0):
    """The column that a step makes, as it is written in a recipe."""
    return steps.do(READ.validate_python(written), frame, chance, month)


def told(column):
    """The codes of a column, row by row."""
    return [column.codes[position] for position in column.positions]


# --- working out ------------------------------------------------------------------------------------------------------


def test_a_case_is_the_first_that_holds():
    """The order of the cases decides, and what no case holds is something else."""
    frame = {"age": np.array([3.0, 10.0, 40.0])}
    cases = [{"where": {"age": {"below": 5}}, "code": "a"}, {"where": {"age": {"below": 18}}, "code": "b"}]
    assert told(done({"column": "x", "cases": cases, "otherwise": "c"}, frame)) == ["a", "b", "c"]


def test_codes_are_recoded():
    """A code not listed stays, or becomes what is said."""
    frame = {"x": coded("abc", [0, 1, 2])}
    assert told(done({"column": "y", "recode": "x", "codes": {"a": "b"}}, frame)) == ["b", "b", "c"]
    assert told(done({"column": "y", "recode": "x", "codes": {"a": "1"}, "otherwise": "0"}, frame)) == ["1", "0", "0"]


def test_a_number_is_spelled():
    """A whole number becomes a code, so that another code can be set beside it."""
    column = done({"column": "x", "spell": "n"}, {"n": np.array([2.0, 0.0, 10.0])})
    assert told(column) == ["2", "0", "10"]
    assert told(done({"column": "x", "to": "99", "where": {"x": "2"}}, {"x": column})) == ["99", "0", "10"]


def test_sums_take_what_is_missing_as_none_and_keep_to_their_ends():
    """Numbers are added and taken off in whole pence, between the least and the most."""
    frame = {"a": np.array([1.0, np.nan, 100.0]), "b": np.array([2.004, 5.0, 5.0]), "c": np.array([9.0, np.nan, 0.0])}
    step = {"column": "x", "net_of": "a", "plus": ["b"], "less": ["c"], "least": 0, "most": 50}
    assert list(done(step, frame)) == [0.0, 5.0, 50.0]


def test_a_number_is_blanked_where_a_condition_holds():
    """Elsewhere it stays."""
    frame = {"x": np.array([1.0, 2.0]), "sex": coded("12", [0, 1])}
    assert np.isnan(done({"column": "x", "blank_where": {"sex": "2"}}, frame)).tolist() == [False, True]


def test_one_list_stands_for_all_where_no_column_is_named():
    """Weights, middles, ends and shares may be written without ``by``."""
    frame = {"n": np.full(N, 4.0)}
    assert told(done({"column": "x", "weights": {"a": 1}}, frame, stream(1))) == ["a"] * N
    assert set(done({"column": "x", "middle": 3}, frame, stream(1))) == {3.0}
    whole = done({"column": "x", "between": [2, 4], "whole": True}, frame, stream(1))
    assert set(whole) == {2.0, 3.0}
    some = done({"column": "x", "some_of": "n", "share": 0.25}, frame, stream(1))
    assert some.mean() == pytest.approx(1, abs=0.03)
    assert set(some) == {0.0, 1.0, 2.0, 3.0, 4.0}


def test_weights_drift():
    """The weight of a code follows its anchors from period to period."""
    frame = {"when": np.repeat([202001, 202007, 202101], N).astype(np.int32)}
    step = {"column": "x", "weights": {"a": 1, "b": 1}, "drift": {"b": {"202001": 0, "202101": 3}}}
    shares = done(step, frame, stream(1)).equals("b").reshape(3, N).mean(axis=1)
    assert shares == pytest.approx([0, 0.6, 0.75], abs=0.02)


@pytest.mark.parametrize(
    "written",
    [
        {"column": "x"},
        {"column": "x", "wights": {"a": 1}},
        {"column": "x", "weights": {"a": 1}, "middle": 3},
        {"column": "x", "uprate": {}},
        {"column": "x", "cases": [{"where": {"age": {"below": 5}}}], "otherwise": "c"},
        {"column": "x", "to": "1", "where": {"age": {"upto": 5}}},
    ],
)
def test_what_is_no_step_is_a_mistake(written):
    """A step that is misspelt or two at once is not read."""
    with pytest.raises(ValidationError):
        READ.validate_python(written)


# --- draws that are kept ----------------------------------------------------------------------------------------------

CLAIMS = np.arange(N)
NO_EPOCH = np.zeros(1, dtype=np.int64)


def kept(claims=CLAIMS, epochs=NO_EPOCH, names=("db", "x")):
    """The chance of some claims."""
    return Kept(2013, names, claims, epochs)


def test_a_claim_keeps_its_draw_whoever_else_is_there():
    """Draws belong to the claim, not to its row."""
    everybody = kept().random(N)
    assert (kept(CLAIMS[::-3]).random(len(CLAIMS[::-3])) == everybody[::-3]).all()


def test_kept_draws_are_even_and_apart():
    """They spread evenly, and those of another claim, epoch, column or second asking have nothing to do with them."""
    chance = kept()
    first, second = chance.random(N), chance.random(N)
    others = [second, kept(epochs=NO_EPOCH + 1).random(N), kept(names=("db", "y")).random(N), np.roll(first, 1)]
    assert np.histogram(first, bins=10, range=(0, 1))[0] == pytest.approx(np.full(10, N / 10), rel=0.1)
    for other in others:
        assert abs(np.corrcoef(first, other)[0, 1]) < 0.03


def test_a_kept_draw_is_pinned():
    """Records of a seed do not change with a version of NumPy: the first numbers stand here."""
    assert list(kept(np.arange(2)).random(2)) == [0.4938425449436019, 0.5199332060581748]


def test_drifting_weights_move_few_claims():
    """A claim that keeps its draw changes its code only where the weights have moved over it."""

    def codes(period):
        frame = {"when": np.full(N, int(period), dtype=np.int32)}
        step = {"column": "x", "weights": {"a": 1, "b": 1}, "drift": {"b": {"202001": 1, "202101": 1.5}}}
        return done(step, frame, kept(), month_number(period)).equals("b")

    before, after = codes("202001"), codes("202101")
    assert after[before].all()
    assert (after & ~before).mean() == pytest.approx(0.1, abs=0.02)
