"""What a specification holds: gaps with their legend, intervals, breaks, the frame; and what is said of it."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from cubes import ABSENT, LOW, SECRET, ZERO, cube, dimension, measure

from statlas.charts import Choice, Kind, Setting, converting, misfit, specification
from statlas.charts.cells import measure_of
from statlas.charts.choosing import choice_of
from statlas.charts.describing import description
from statlas.charts.motion import default_motion, steps
from statlas.charts.moving import motion
from statlas.charts.setting import Theme, Width
from statlas.errors import QueryError
from statlas.model.cube import CellFlag
from statlas.model.display import cell_text
from statlas.wording import speaking

SETTING = Setting("Persons by area", "Month: June 2024", "http://localhost/databases/world/chart?rows=area")
MONTHS = [f"2024{n:02d}" for n in range(1, 7)]


@pytest.fixture(scope="module")
def converter():
    """A converter of this module, ended with it."""
    made = converting.Converter()
    yield made
    made.stop()


def _areas(*codes, **more):
    return dimension("area", codes or ("a", "b", "c", "d", "e"), **more)


def _months():
    return dimension("month", MONTHS, is_date=True)


def _spec(made, choice, setting=SETTING):
    return specification(made, choice, setting)


def _texts(part):
    """Every text in a specification."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for value in part.values():
            yield from _texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from _texts(value)


def _parts(part):
    """Every mapping in a specification."""
    if isinstance(part, dict):
        yield part
    for value in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _parts(value)


@pytest.mark.parametrize("kind", [Kind.BAR, Kind.LINE])
def test_a_number_that_is_not_shown_is_a_gap_with_its_mark_and_its_line_in_the_legend(kind):
    """It is null in the data, never 0, and the legend says what the mark means; a structural zero is told apart."""
    made = cube((_months(),), measure([10, 3, 20, 30, 40, 0], [0, LOW, SECRET, ABSENT, 0, ZERO]))
    spec = _spec(made, Choice(kind, "month"))
    rows = spec["data"]["values"]
    assert [row["value"] for row in rows] == [10, None, None, None, 40, 0]
    assert [row["sign"] for row in rows] == ["", "low", "c", "x", "", "z"]
    drawn = json.dumps(spec["vconcat"])
    for sign in ("low", "c", "x", "z"):
        assert f"[{sign}]" in drawn
    assert "!isValid(datum.value)" in drawn


def test_a_line_breaks_where_a_number_is_missing_and_where_the_series_breaks():
    """Nothing is drawn across a gap, nor from one series to the next."""
    months = _months()
    broken = replace(months, items=(*months.items[:3], replace(months.items[3], annotations=("b",)), *months.items[4:]))
    made = cube((broken,), measure([10, 11, 12, 20, 21, 22]), annotations={"b": "New counting rules."})
    spec = _spec(made, Choice(Kind.LINE, "month"))
    assert [row["part"] for row in spec["data"]["values"]] == [0, 0, 0, 1, 1, 1]
    drawn = json.dumps(spec)
    assert "break-paths-show-domains" in drawn
    assert "datum.order == 3" in drawn


def test_marked_numbers_bear_their_mark():
    """Provisional, revised and unreliable numbers are drawn, with a shape for each."""
    flags = [0, int(CellFlag.PROVISIONAL), int(CellFlag.REVISED), int(CellFlag.UNRELIABLE), 0]
    spec = _spec(cube((_areas(),), measure([9, 8, 7, 6, 5], flags=flags)), Choice(Kind.BAR, "area"))
    assert [row["sign"] for row in spec["data"]["values"]] == ["", "p", "r", "u", ""]
    assert "[p] provisional" in json.dumps(spec)


def test_intervals_are_drawn_where_they_can_be_seen_and_told_where_they_cannot():
    """Small numbers have strokes of 1.96 standard deviations; beside large ones a sentence says how much it is."""
    small = _spec(cube((_areas(),), measure([9, 20, 7, 12, 15], sd=1.7)), Choice(Kind.BAR, "area"))
    assert '"field": "upper"' in json.dumps(small)
    assert small["data"]["values"][0]["upper"] == round(9 + 1.96 * 1.7, 1)
    assert any("95% intervals" in text for text in _texts(small))
    large = _spec(cube((_areas(),), measure([9_000, 20_000, 70_000, 5, 6], sd=1.7)), Choice(Kind.BAR, "area"))
    assert '"field": "upper"' not in json.dumps(large)
    assert any("too little to be seen" in text for text in _texts(large))


def test_bars_start_at_zero_and_lines_say_where_they_do_not():
    """The axis of bars holds 0; one of lines that does not is told so."""
    bars = _spec(cube((_areas(),), measure([900, 910, 905, 920, 915])), Choice(Kind.BAR, "area"))
    assert '"domain": [0.0' in json.dumps(bars)
    lines = _spec(cube((_months(),), measure([900, 910, 905, 920, 915, 930])), Choice(Kind.LINE, "month"))
    assert any("does not start at zero" in text for text in _texts(lines))


@pytest.mark.parametrize("theme", list(Theme))
@pytest.mark.parametrize("width", list(Width))
def test_every_picture_says_what_it_is_and_where_it_is_from(theme, width):
    """Title, what holds for all, synthetic, source, release and its day, licence, address; in its own theme."""
    made = cube((_areas(),), measure([5, 6, 7, 8, 9]), source="A drawn world", licence="OGL-UK-3.0")
    spec = _spec(made, Choice(Kind.BAR, "area"), replace(SETTING, theme=theme, width=width))
    said = " ".join(" ".join(line) for line in (spec["title"]["text"], spec["title"]["subtitle"]))
    foot = "".join(" ".join(spec["vconcat"][0]["title"]["text"]).split())
    assert "Persons by area" in said
    assert "Month: June 2024" in said
    for expected in ("Synthetic: these numbers are made up.", "Source: A drawn world.", "release 1", "1 January 2026"):
        assert expected.replace(" ", "") in foot
    assert SETTING.address in foot
    assert "Open Government Licence".replace(" ", "") in foot
    assert (spec["background"] == "#ffffff") is (theme is Theme.LIGHT)


def test_a_picture_speaks_the_language_of_the_site():
    """No sentence of ours is written past the catalogue; labels and names stay as they are."""
    made = cube((_areas(),), measure([5, 0, 7, 8, 9], [0, LOW, 0, 0, 0]), source="World")
    with speaking("en-XA"):
        spec = _spec(made, Choice(Kind.BAR, "area"))
    foot = spec["vconcat"][0]["title"]["text"]
    assert "⟦Šýñ" in "".join(foot)
    assert "⟦Mårkš⟧" in list(_texts(spec))


def test_what_does_not_fit_is_refused_with_what_to_do():
    """The error is the asker's, and says both."""
    with pytest.raises(QueryError, match="colours cannot be told apart"):
        _spec(
            cube((_months(), _areas(*"abcdefgh")), measure(np.full((6, 8), 9))),
            Choice(Kind.LINE, "month", "area"),
        )


def test_two_categories_of_one_name_are_two_bars():
    """Each is named with its code."""
    made = cube((_areas("a", "b"),), measure([4, 5]))
    twins = replace(made.dimensions[0], items=tuple(replace(i, label="Twin") for i in made.dimensions[0].items))
    spec = _spec(replace(made, dimensions=(twins,)), Choice(Kind.BAR, "area"))
    assert [row["x"] for row in spec["data"]["values"]] == ["Twin (a)", "Twin (b)"]


def test_labels_that_look_like_code_stay_labels():
    """Quotes, braces and marks of an expression in a label are only text."""
    made = cube((_areas("a", "b"),), measure([4, 5]))
    bad = '" + alert(1) + " \\ ${x} {{y}} <b> and very long, so that it is broken into several lines of an axis'
    side = replace(
        made.dimensions[0], items=tuple(replace(i, label=f"{bad} {n}") for n, i in enumerate(made.dimensions[0].items))
    )
    spec = _spec(replace(made, dimensions=(side,)), Choice(Kind.BAR, "area"))
    axis = spec["vconcat"][0]["layer"][0]["encoding"]["y"]["axis"]["labelExpr"]
    assert json.dumps(f"{bad} 0") in axis


@pytest.mark.parametrize("kind", [Kind.BAR, Kind.LINE, Kind.GROUPED, Kind.HEAT, Kind.SCATTER, Kind.BUBBLE])
def test_every_figure_of_the_description_is_that_of_its_cell(kind):
    """Largest, smallest, first and last are texts of the cells that they name."""
    chance = np.random.default_rng(3)
    sides = (_months(), _areas("a", "b", "c"))
    made = cube(
        sides,
        measure(chance.integers(5, 900, (6, 3)), chance.choice([0, 0, 0, LOW], (6, 3))),
        measure(chance.integers(5, 900, (6, 3)) * 1.5, id_="PAY:SUM", statistic="SUM", precision=2),
        measure(chance.integers(5, 900, (6, 3)) * 1.5, id_="PAY:MEAN", statistic="MEAN", precision=2),
    )
    sentences = description(made, choice_of(made, kind), "Persons")
    figures = [figure for sentence in sentences for figure in sentence.figures]
    assert figures
    for sentence in sentences:
        for figure in sentence.figures:
            told = measure_of(made, figure.measure)
            assert figure.value == float(told.values[figure.cells[0]])
            assert figure.text == cell_text(made, told, figure.cells[0])
            assert figure.text in sentence.text


def test_motion_shows_one_date_at_a_time_on_axes_for_all():
    """Of all rows those of the step are shown; a picture holds its own date alone; the scale is that of all."""
    made = cube((_months(), _areas()), measure(np.arange(30).reshape(6, 5) + 10))
    choice = default_motion(made)
    whole = motion(made, choice, SETTING, 2, whole=True)
    one = motion(made, choice, SETTING, 2, whole=False)
    assert whole["params"] == [{"name": "step", "value": 2}]
    assert whole["vconcat"][0]["transform"] == [{"filter": "datum.step == step"}]
    rows = whole["data"]["values"]
    assert {row["step"] for row in rows} == set(range(len(steps(made))))
    assert one["data"]["values"] == [row for row in rows if row["step"] == 2]
    assert whole["vconcat"] == one["vconcat"]
    for row in rows:
        assert row["value"] == int(made.measures[0].values.reshape(-1)[row["cell"]])
        assert row["cell"] // 5 == row["step"]
    with pytest.raises(QueryError):
        motion(made, choice, SETTING, 6, whole=False)


def test_the_strokes_of_a_legend_are_as_plain_as_the_lines_of_their_colours():
    """Bands of noise are pale; the legend that they share with the lines is not, else nobody could read it."""
    made = cube((_months(), _areas("north", "south")), measure(np.full((6, 2), 40), sd=9.0))
    spec = _spec(made, choice_of(made, Kind.LINE))
    legends = [part["legend"] for part in _parts(spec) if part.get("legend")]
    assert '"opacity": 0.18' in json.dumps(spec)
    stroked = [one for one in legends if one.get("symbolType") == "stroke"]
    assert stroked
    assert all(one["symbolOpacity"] == 1 and one["symbolStrokeWidth"] > 1 for one in stroked)


def test_no_label_fills_a_picture(converter):
    """Names of groups come out of addresses: long ones are cut, stay apart, and the picture stays a picture."""
    made = cube((_areas(),), measure([4, 5, 6, 7, 8]))
    long = tuple(replace(item, label="W" * 6_000) for item in made.dimensions[0].items)
    named = replace(made, dimensions=(replace(made.dimensions[0], items=long),))
    for kind in (Kind.BAR, Kind.LINE, Kind.SCATTER):
        choice = Choice(kind, "area") if kind is not Kind.SCATTER else choice_of(named, kind)
        if misfit(named, kind, choice) is None:
            spec = _spec(named, choice, replace(SETTING, title="T" * 9_000, subtitle="s " * 9_000))
            assert len({row["x"] for row in spec["data"]["values"]}) == 5
            height = float(re.search(rb'height="([\d.]+)"', converter.picture(spec, "svg"))[1])
            assert height < 2_000
