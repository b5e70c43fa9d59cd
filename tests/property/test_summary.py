"""The sentences of a table say what its cells hold, on random cubes: every figure is worked out again from them."""

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from statlas.model.cells import Z95, CellStatus
from statlas.model.query import Role
from statlas.model.summary import Of, said, sentences
from statlas.wording import speaking
from tests.support.cubes import cube, dimension, measure, public_cubes

CUBES = public_cubes(largest=5_000)


@st.composite
def calm_cubes(draw):
    """Cubes in which most is printed and little is noise, so that most sentences have something to say."""
    sides = [
        dimension("month", ["202501", "202502", "202503"][: draw(st.integers(1, 3))], role=Role.COLUMNS, is_date=True),
        dimension("area", [f"a{n}" for n in range(draw(st.integers(1, 5)))], total=draw(st.booleans())),
        dimension("kind", [f"k{n}" for n in range(draw(st.integers(1, 3)))], total=draw(st.booleans())),
    ]
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    shape = tuple(len(side) for side in sides)
    hidden = draw(st.sampled_from([0.0, 0.1]))
    statuses = chance.choice(2, shape, p=(1 - hidden, hidden))
    sd = draw(st.sampled_from([0.0, 1.7, 60.0]))
    more = {"precision": 2, "statistic": "SUM", "id_": "PAY:SUM"} if draw(st.booleans()) else {}
    values = chance.integers(0, draw(st.sampled_from([30, 3_000])), shape)
    return cube(sides, measure(values, statuses, sd=sd, **more))


def _again(made, figure):
    """The figure as its definition has it."""
    of = next(one for one in made.measures if one.id == figure.measure)
    first, *rest = [float(of.values[cell]) for cell in figure.cells]
    match figure.of:
        case Of.VALUE:
            return first
        case Of.SHARE:
            return 100 * first / sum(rest)
        case Of.CHANGE:
            return rest[0] - first
        case Of.GROWTH:
            return 100 * (rest[0] - first) / first
        case Of.TIMES:
            return first / rest[0]


def _error(of, cell):
    return float(np.hypot(0 if of.se is None else of.se[cell], of.sd[cell]))


@settings(max_examples=150, deadline=None)
@given(st.one_of(CUBES, calm_cubes()))
def test_every_figure_is_worked_out_again_from_its_cells(made):
    """To the last digit that the sentence prints, from printed numbers alone."""
    for sentence in sentences(made):
        for figure in sentence.figures:
            of = next(one for one in made.measures if one.id == figure.measure)
            assert all(of.status[cell] == CellStatus.SHOWN for cell in figure.cells)
            value = _again(made, figure)
            assert np.isclose(figure.value, value)
            assert figure.text in sentence.text
            if figure.text == "less than 1%":
                assert 0 < value < 1
                continue
            digits = re.sub("[^0-9.]", "", figure.text)
            number, decimals = float(digits), len(digits.partition(".")[2])
            assert abs(number - abs(value)) <= 0.5 * 10**-decimals + 1e-9
            if figure.of in (Of.VALUE, Of.CHANGE):
                assert decimals <= max(of.precision, 0)


@settings(max_examples=150, deadline=None)
@given(st.one_of(CUBES, calm_cubes()))
def test_no_number_stands_in_the_sentences_but_their_figures(made):
    """Beside figures there are labels, the release and its day; nothing that is not printed is spoken of."""
    told = sentences(made)
    for sentence in told[1:]:
        rest = sentence.text
        labels = [item.label for d in made.dimensions for item in d.items]
        figures = [figure.text for figure in sentence.figures]
        for text in (*sorted(labels, key=len, reverse=True), *sorted(figures, key=len, reverse=True)):
            rest = rest.replace(text, "")
        rest = re.sub(r"release 1, published 1 January 2026|but \d+ others|more than 99", "", rest)
        assert not re.findall(r"\d", rest), sentence.text
    assert not re.search(r"low\b|suppress|hidden|\[", said(made))


@settings(max_examples=150, deadline=None)
@given(calm_cubes())
def test_a_difference_within_the_noise_is_not_claimed(made):
    """What leads alone is beyond the 95% interval of the difference to every other; so is what rose or fell."""
    for sentence in sentences(made):
        for figure in sentence.figures:
            if figure.of is not Of.CHANGE:
                continue
            [of] = made.measures
            before, after = figure.cells
            assert abs(figure.value) > Z95 * np.hypot(_error(of, before), _error(of, after))
        if "has the largest number" not in sentence.text or "In " in sentence.text:
            continue
        [of] = made.measures
        cell = sentence.figures[0].cells[0]
        free = [n for n, d in enumerate(made.dimensions) if len(d) > 1 and not d.is_date]
        if len(free) == 1 and all(len(d) == 1 or n in free for n, d in enumerate(made.dimensions)):
            axis = free[0]
            for n, item in enumerate(made.dimensions[axis].items):
                other = (*cell[:axis], n, *cell[axis + 1 :])
                if item.is_total or other == cell or of.status[other] != CellStatus.SHOWN:
                    continue
                apart = of.values[cell] - of.values[other]
                assert apart > Z95 * np.hypot(_error(of, cell), _error(of, other))


@settings(max_examples=60, deadline=None)
@given(st.one_of(CUBES, calm_cubes()))
def test_there_are_three_sentences(made):
    """Each with a capital and a full stop, whatever the table."""
    told = [str(one) for one in sentences(made)]
    assert len(told) == 3
    assert all(one.endswith(".") and one[0] == one[0].upper() for one in told)
    assert said(made) == " ".join(told)


def test_what_leads_has_its_share_and_what_changed_its_size():
    """A table as a reader would describe it."""
    made = cube(
        [
            dimension("month", ["202501", "202502"], role=Role.COLUMNS, is_date=True),
            dimension("area", ["a", "b", "c"], total=True),
        ],
        measure([[600, 300, 100, 1000], [700, 300, 100, 1100]]),
    )
    assert [str(one) for one in sentences(made)] == [
        "This table shows Persons by month and area, from Month 202501 to Month 202502.",
        "In Month 202502, Area a has the largest number: 700, 64% of the total.",
        "From Month 202501 to Month 202502, the total rose by about 100 (10%), to 1,100.",
    ]


def test_what_noise_may_have_made_is_told_as_such():
    """Neither a leader nor a change where noise is as large; rough figures say *about*."""
    made = cube(
        [
            dimension("month", ["202501", "202502"], role=Role.COLUMNS, is_date=True),
            dimension("area", ["a", "b", "c"], total=True),
        ],
        measure([[21, 20, 9, 50], [21, 20, 9, 51]]),
    )
    _about, leading, change = map(str, sentences(made))
    assert leading == (
        "In Month 202502, Area a has the largest printed number, about 21, but another is within the noise of it."
    )
    assert change == "From Month 202501 to Month 202502, the total changed by no more than the noise may make."


def test_a_hidden_number_is_never_the_smallest():
    """The smallest is named only where every number is printed."""
    shown = cube([dimension("area", ["a", "b", "c"])], measure([900, 400, 100]))
    assert "9.0 times the number of Area c, which is smallest" in said(shown)
    hidden = cube([dimension("area", ["a", "b", "c"])], measure([900, 400, 100], [0, 0, 1]))
    assert "smallest" not in said(hidden)
    assert "Next comes Area b with about 400." in said(hidden)


def test_the_sentences_are_translated():
    """Every word of ours passes the catalogue; labels do not."""
    made = cube([dimension("area", ["a", "b"])], measure([900, 400]))
    with speaking("en-XA"):
        for sentence in sentences(made):
            assert sentence.text.startswith("⟦")
            assert sentence.text.endswith("⟧")
