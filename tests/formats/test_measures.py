"""Files of cubes with several measures, every status, blocked cells, surveys and formulas."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from cubes import ABSENT, LOW, SECRET, SHOWN, ZERO, cube, dimension, measure, public_cubes
from hypothesis import given

from statlas import formats
from statlas.disclosure import derived
from statlas.disclosure.derived_items import with_item
from statlas.model.cube import CellFlag, CellStatus, Cube
from statlas.model.derived import Formula, Percentage, Share
from statlas.model.frames import STATUS_TEXTS, column_names
from statlas.model.legend import blocked_by, legend
from statlas.model.protection import RuleOutcome
from statlas.model.query import Role

MONTH = dimension("month", ["202501"], role=Role.WAFERS, is_date=True)
AREAS = dimension("area", ["n", "s", "w"])
KINDS = dimension("kind", ["x", "y"], role=Role.COLUMNS)
STATUS = [[[SHOWN, LOW], [SECRET, SECRET], [ZERO, ABSENT]]]
FLAGS = [[[int(CellFlag.UNRELIABLE | CellFlag.DERIVED), 0], [0, 0], [0, 0]]]
TOO_FEW = RuleOutcome(
    "mean_cell_size", 1, 3, 2, "The table has more cells than people.", "Take larger areas.", ("Area s",)
)


@pytest.fixture
def table() -> Cube:
    """A count and a mean with every status, and a rule that blocks one area."""
    blocked = np.zeros((1, 3, 2), np.uint8)
    blocked[0, 1] = 1
    return cube(
        [MONTH, AREAS, KINDS],
        measure([[[1234, 3], [7, 8], [0, 0]]], STATUS, flags=FLAGS),
        measure([[[99.5, 3], [7, 8], [0, 0]]], STATUS, id_="PAY:MEAN", statistic="MEAN", precision=2, sd=0.25),
        n_min_magnitude=10,
        rules=(TOO_FEW,),
        blocked=blocked,
    )


def rows(made: Cube) -> list[dict[str, str]]:
    """The CSV as Python's reader has it."""
    text = b"".join(formats.write(made, "csv")).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_columns_of_each_measure_begin_with_its_label(table):
    """Value, status, flags and noise of each; then the rule, the notes, the remark, what is said of the whole."""
    assert [*rows(table)[0]][6:] == [
        *("Persons value", "Persons status", "Persons flags", "Persons noise_sd"),
        *("Mean of pay value", "Mean of pay status", "Mean of pay flags", "Mean of pay noise_sd"),
        *("rule", "notes", "remark", "about"),
    ]


def test_no_hidden_cell_is_a_zero(table):
    """A cell without a number is empty in CSV and null in JSON and Arrow, with its symbol beside it."""
    symbols = ["", "low", "c", "c", "z", "x"]
    assert [row["Persons status"] for row in rows(table)] == symbols
    assert [row["Persons value"] for row in rows(table)] == ["1234", "", "", "", "0", ""]
    assert [row["Mean of pay value"] for row in rows(table)] == ["99.5", "", "", "", "0", ""]
    body = json.loads(b"".join(formats.write(table, "json")))
    assert body["measures"][0]["values"] == [[[1234, None], [None, None], [0, None]]]
    assert body["measures"][1]["status"] == [[["", "low"], ["c", "c"], ["z", "x"]]]
    assert table.to_arrow().column("Mean of pay value").to_pylist() == [99.5, None, None, None, 0.0, None]


def test_a_blocked_cell_names_its_rule_in_every_file(table):
    """The column ``rule`` and the member ``blocked`` hold the id; ``rules`` says the rest."""
    assert [row["rule"] for row in rows(table)] == ["", "", "mean_cell_size", "mean_cell_size", "", ""]
    assert table.to_arrow().column("rule").to_pylist()[1:3] == ["", "mean_cell_size"]
    body = json.loads(b"".join(formats.write(table, "json")))
    assert body["blocked"] == [[[None, None], ["mean_cell_size"] * 2, [None, None]]]
    assert body["rules"] == [
        {
            "rule": "mean_cell_size",
            "version": 1,
            "evaluated": 3,
            "passed": 2,
            "blocked": 1,
            "message": "The table has more cells than people.",
            "mend": "Take larger areas.",
            "areas": ["Area s"],
        }
    ]


def test_where_nothing_is_blocked_there_is_no_column_for_it(table):
    """An ordinary file keeps its columns; JSON says null."""
    free = replace(table, rules=(), blocked=None)
    assert "rule" not in rows(free)[0]
    assert "rule" not in free.to_arrow().column_names
    assert json.loads(b"".join(formats.write(free, "json")))["blocked"] is None


def test_a_survey_has_its_standard_errors_and_intervals(table):
    """Columns for the error and both ends of the interval, empty where no number is printed."""
    survey = replace(table, measures=(replace(table.measures[0], se=np.full((1, 3, 2), 25.0)),))
    first, second, *_ = rows(survey)
    assert (first["standard_error"], first["lower"], first["upper"]) == ("25", "1184.9", "1283.1")
    assert (second["standard_error"], second["lower"], second["upper"]) == ("", "", "")
    body = json.loads(b"".join(formats.write(survey, "json")))["measures"][0]
    assert body["lower"][0][0] == [1184.9, None]
    assert survey.to_arrow().column("upper").to_pylist()[:2] == [1283.1, None]


def test_two_measures_of_one_label_are_told_apart_by_their_ids(table):
    """No column hides another."""
    twice = replace(table, measures=(table.measures[0], replace(table.measures[1], label="Persons")))
    assert column_names(twice) == ["T ", "PAY:MEAN "]
    assert len(twice.to_arrow().column_names) == len({*twice.to_arrow().column_names})


@pytest.mark.parametrize("label", ["value", "notes", "Area"])
def test_a_field_called_like_another_column_hides_none(table, label):
    """Its column of labels has the id of the field as well."""
    named = replace(table, dimensions=(MONTH, AREAS, replace(KINDS, label=label)), measures=table.measures[:1])
    names = [*rows(named)[0]]
    assert f"{label} (kind)" in names
    assert len(names) == len({*names}) == 14
    assert [*rows(named)[0].values()][5] == "Kind x"


def test_numbers_of_a_formula_have_its_own_decimals(table):
    """Counts stay whole beside a share with a decimal; its code says that it is a formula."""
    made = with_item(table, Formula("Share", "100 * {x} / 7", "kind", 1), {"x": 0})
    found = rows(made)
    assert [row["Persons value"] for row in found[:3]] == ["1234", "", "17628.6"]
    assert [row["kind_code"] for row in found[:3]] == ["x", "y", "formula:Share"]
    item = json.loads(b"".join(formats.write(made, "json")))["dimensions"][2]["items"][-1]
    assert (item["formula"], item["precision"], item["total"]) == ("100 * {x} / 7", 1, False)
    assert "17,628.6" in repr(made)
    assert "1,234 [u]" in repr(made)


def test_derived_measures_stand_in_files_like_any_other(table):
    """A percentage has a value, a symbol, and the bound of its noise."""
    total = cube([MONTH, dimension("area", ["n"], total=True)], measure([[30, 90]]))
    share = derived.percentage(total, total.measures[0], Percentage(Share.COLUMN))
    found = rows(replace(total, measures=(*total.measures, share)))
    assert [row["Persons, % of column value"] for row in found] == ["33.3", "100"]
    assert [row["Persons, % of column noise_sd"] for row in found] == ["2.52", "0"]


def test_the_title_names_what_was_counted_and_not_what_was_worked_out():
    """A percentage of the count goes without saying."""
    total = cube([MONTH, dimension("area", ["n", "s"], total=True)], measure([[30, 60, 90]]))
    share = derived.percentage(total, total.measures[0], Percentage(Share.COLUMN))
    worked = replace(total, measures=(*total.measures, share))
    assert repr(worked).splitlines()[0] == repr(total).splitlines()[0]


def test_text_and_html_have_the_measures_side_by_side(table):
    """Each column names its measure; symbols, rules, and what to change are told beneath."""
    text, html = repr(table), table._repr_html_()
    head = text.splitlines()[1]
    assert head.split("  ")[-1] == "Kind y / Mean of pay (£)"
    assert text.startswith("Persons and Mean of pay by Area and Kind (")
    assert "1,234 [u]" in text
    assert "99.50" in text
    assert "0 [z]" in text
    for symbol in ("[low]", "[c]", "[x]", "[z]", "[u]"):
        assert f"{symbol} is " in text
    assert "beside an amount, fewer than 10" in text
    assert "So the rule mean_cell_size hides 1 of 3 areas: Area s. Take larger areas." in text
    assert html.count('<th scope="col">') == 4
    assert "<td>[c]</td>" in html


def test_the_legend_tells_only_what_occurs(table):
    """One sentence for each symbol of the table, none for others."""
    assert [symbol for symbol, _ in legend(table)] == ["[low]", "[c]", "[x]", "[z]", "[d]", "[u]"]
    plain = replace(table, measures=(measure([[[9, 9]] * 3]),))
    assert legend(plain) == ()


def test_rules_that_block_nothing_are_not_told(table):
    """A rule that every area passed needs no word."""
    passed = replace(TOO_FEW, passed=3, areas=())
    assert blocked_by(replace(table, rules=(passed,))) == ()


@given(public_cubes())
def test_csv_json_and_arrow_agree_on_every_cell(made):
    """The same number or the same symbol, measure by measure, whatever the statuses."""
    read, frame = rows(made), made.to_arrow().to_pydict()
    body = json.loads(b"".join(formats.write(made, "json")))
    for name, one, asked in zip(column_names(made), body["measures"], made.measures, strict=True):
        values = np.array(one["values"], dtype=object).reshape(-1).tolist()
        assert frame[f"{name}value"] == values
        assert [row[f"{name}value"] and float(row[f"{name}value"]) for row in read] == [
            "" if v is None else v for v in values
        ]
        symbols = [STATUS_TEXTS[s] for s in asked.status.reshape(-1).tolist()]
        assert [row[f"{name}status"] for row in read] == frame[f"{name}status"] == symbols
        hidden = ~np.isin(asked.status.reshape(-1), (CellStatus.SHOWN, CellStatus.STRUCTURAL_ZERO))
        assert [v is None for v in values] == hidden.tolist()
