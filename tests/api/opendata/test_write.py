"""From a cube to numbers alone, in the dialect's order, with a note where a number is missing."""

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from statlas.api.opendata import write
from statlas.model.classification import Node
from statlas.model.cube import CellFlag, CellStatus
from statlas.model.protection import RuleOutcome

SHOWN, LOW, ZERO, BLOCKED, MISSING = CellStatus
TENURE = "str:field:hb_new:V_F_HB_NEW:TENURE_PUB"
COUNT = "str:count:hb_new:V_F_HB_NEW"


@pytest.fixture
def tenure(hb, dimension):
    """Tenure with its three codes and a total."""
    return dimension(
        hb.field("TENURE_PUB"), [[Node("C_HOUSING_SECTOR", code)] for code in ("1", "2", "99")], total=True
    )


def written(cube, *arguments):
    """The body as plain objects."""
    return json.loads(write.write(cube, *arguments))


def test_what_prints_no_number_becomes_zero(hb, make_cube, tenure):
    """Low, blocked and missing cells are 0, whatever the cube holds there; shown cells are integers."""
    cube = make_cube(hb, [tenure], [1234.0, 4.0, 3.0, 2.0], [SHOWN, LOW, BLOCKED, MISSING], threshold=5)
    values = written(cube)["cubes"][COUNT]["values"]
    assert values == [1234, 0, 0, 0]
    assert {type(value) for value in values} == {int}


def test_a_note_on_the_database_says_that_zero_may_be_a_few(hb, make_cube, tenure):
    """It is there whether or not a cell is low: its absence must not tell."""
    for status in ([SHOWN] * 4, [LOW] * 4):
        body = written(make_cube(hb, [tenure], [9, 9, 9, 27], status, threshold=5))
        assert body["database"]["annotationKeys"] == ["z"]
        assert body["annotationMap"] == {"z": "0 stands for none or fewer than 5, and for a number that is withheld."}


def test_under_an_open_policy_zero_is_zero(hb, make_cube, tenure):
    """Then there is nothing to note, and both members are there all the same."""
    body = written(make_cube(hb, [tenure], [0, 1, 2, 3]))
    assert body["database"]["annotationKeys"] == []
    assert body["annotationMap"] == {}
    assert body["cubes"][COUNT] == {"values": [0, 1, 2, 3], "precision": 0}


def test_the_publishers_own_notes_keep_their_keys(hb, make_cube, tenure):
    """Where the publisher uses z for something else, ours takes another key."""
    cube = make_cube(
        hb, [tenure], [9] * 4, threshold=5, annotations={"z": "Mind the gap."}, database_annotations=("z",)
    )
    body = written(cube)
    assert body["database"]["annotationKeys"] == ["z", "zz"]
    assert body["annotationMap"]["z"] == "Mind the gap."
    assert body["annotationMap"]["zz"].startswith("0 stands for")


def test_cells_with_more_to_say_have_annotations(hb, make_cube, tenure):
    """Keys nested like the values, null elsewhere: the publisher's, blocked, missing, and of low reliability."""
    cube = make_cube(
        hb,
        [tenure],
        [9, 8, 7, 6],
        [SHOWN, BLOCKED, MISSING, LOW],
        [CellFlag.UNRELIABLE | CellFlag.DERIVED, 0, 0, 0],
        threshold=5,
        annotations={"r": "Revised in May."},
        cell_annotations={0: ("r",)},
    )
    body = written(cube)
    assert body["cubes"][COUNT]["annotations"] == [["r", "u"], ["c"], ["x"], None]
    assert set(body["annotationMap"]) == {"r", "z", "u", "c", "x"}
    assert next(iter(body["cubes"][COUNT])) == "values"


STATFN = "str:statfn:hb_new:V_F_HB_NEW:LAHBAMT:MEAN"


@pytest.fixture
def with_mean(hb, make_cube, tenure):
    """A count and a mean; of the mean one cell is low and one is blocked by each of two rules."""
    cube = make_cube(hb, [tenure], [30, 8, 40, 78], threshold=5, n_min_magnitude=10)
    mean = replace(
        cube.measures[0],
        id="LAHBAMT:MEAN",
        label="Mean of Weekly Award Amount",
        statistic="MEAN",
        precision=2,
        values=np.array([101.5, 99.0, 98.0, 100.0]),
        status=np.array([SHOWN, LOW, BLOCKED, BLOCKED], np.uint8),
    )
    rules = (
        RuleOutcome("mean_cell_size", 1, 4, 3, "Too many cells.", "Take larger areas."),
        RuleOutcome("min_area_population", 1, 4, 3, "Too few live there.", "Take larger areas."),
    )
    blocked = np.array([0, 0, 1, 2], np.uint8)
    return replace(cube, measures=(*cube.measures, mean), rules=rules, blocked=blocked)


MEASURES = ((COUNT, "V_F_HB_NEW"), (STATFN, "LAHBAMT:MEAN"))


def test_every_measure_has_its_cube(with_mean):
    """In the order asked, values first, with the decimals to show; a mean as it is published, not rounded again."""
    body = written(with_mean, None, MEASURES)
    assert list(body["cubes"]) == body["query"]["measures"] == [COUNT, STATFN]
    assert body["cubes"][COUNT] == {"values": [30, 8, 40, 78], "precision": 0}
    assert list(body["cubes"][STATFN]) == ["values", "precision", "annotations"]
    assert body["cubes"][STATFN]["values"] == [101.5, 0.0, 0.0, 0.0]
    assert body["cubes"][STATFN]["precision"] == 2
    assert body["measures"][1] == {
        "uri": STATFN,
        "label": "Mean of Weekly Award Amount",
        "measure": "str:measure:hb_new:V_F_HB_NEW:LAHBAMT",
        "function": "MEAN",
    }


def test_each_rule_that_withholds_has_its_own_note(with_mean):
    """The key says that the 0 is none, the text which rule withholds it and what to change."""
    body = written(with_mean, None, MEASURES)
    assert body["cubes"][STATFN]["annotations"] == [None, None, ["c"], ["cc"]]
    assert "Rule mean_cell_size: Too many cells. Take larger areas." in body["annotationMap"]["c"]
    assert "Rule min_area_population: " in body["annotationMap"]["cc"]


def test_the_note_on_zero_tells_of_amounts(with_mean):
    """An amount needs more people beside it than a count."""
    body = written(with_mean, None, MEASURES)
    assert body["annotationMap"]["z"] == (
        "0 stands for none or fewer than 5 (of an amount, beside fewer than 10), and for a number that is withheld."
    )


def test_a_measure_asked_for_alone_is_answered_under_that_id(with_mean):
    """Clients look their numbers up under the id that they sent."""
    alone = "str:measure:hb_new:V_F_HB_NEW:LAHBAMT"
    body = written(with_mean, None, ((alone, "LAHBAMT:MEAN"),))
    assert list(body["cubes"]) == [alone]
    assert body["measures"][0]["uri"] == body["measures"][0]["measure"] == alone
    assert body["measures"][0]["function"] == "MEAN"


def test_structural_zeros_are_zeros(hb, make_cube, tenure):
    """What cannot be prints 0 in every door."""
    assert (
        written(make_cube(hb, [tenure], [0, 5, 6, 11], [ZERO, SHOWN, SHOWN, SHOWN]))["cubes"][COUNT]["values"][0] == 0
    )


def test_a_total_has_no_uris_and_stands_last(hb, make_cube, tenure):
    """Clients know a total by that; the map of the echoed recode leaves it out."""
    body = written(make_cube(hb, [tenure], [1, 2, 3, 6]))
    assert body["fields"][0]["items"][-1] == {"type": "Total", "labels": ["Total"]}
    assert body["query"]["recodes"][TENURE]["total"] is True
    assert len(body["query"]["recodes"][TENURE]["map"]) == 3


def test_a_group_is_one_item_with_the_labels_of_its_members(hb, make_cube, dimension):
    """Several uris, several labels, no name of its own."""
    nodes = [Node("C_HOUSING_SECTOR", "1"), Node("C_HOUSING_SECTOR", "2")]
    body = written(make_cube(hb, [dimension(hb.field("TENURE_PUB"), [nodes])], [7]))
    [item] = body["fields"][0]["items"]
    assert item["labels"] == ["Social Rented Sector", "Private Rented Sector"]
    assert body["query"]["recodes"][TENURE]["map"] == [item["uris"]]


def test_dimensions_are_echoed_as_they_were_asked_for(hb, make_cube, tenure, dimension):
    """Inner arrays and valueset URIs come back; without them each field stands in an array of its own."""
    date = dimension(hb.date, [[Node("C_HB_NEW_DATE", "202509")]])
    cube = make_cube(hb, [date, tenure], [[1, 2, 3, 6]])
    month, valueset = "str:field:hb_new:F_HB_NEW_DATE:NEW_DATE_NAME", f"{TENURE}:C".replace("field", "valueset")
    assert written(cube)["query"]["dimensions"] == [[month], [TENURE]]
    asked = written(cube, [[month, valueset]])
    assert asked["query"]["dimensions"] == [[month, valueset]]
    assert list(asked["query"]["recodes"]) == [month, valueset]
    assert [field["uri"] for field in asked["fields"]] == [month, valueset]


def test_members_stand_in_the_order_clients_read(hb, make_cube, tenure):
    """R clients take the first member of a cube for its values."""
    body = written(make_cube(hb, [tenure], [1, 2, 3, 6], threshold=5))
    assert list(body) == ["query", "database", "measures", "fields", "cubes", "annotationMap"]
    order = ["type", "uris", "labels"]
    assert [list(item) for item in body["fields"][0]["items"][:-1]] == [order] * 3
    assert all(left != right for left, right in pairwise(order))


def test_half_a_surrogate_pair_is_escaped():
    """It can be asked for, is no UTF-8, and must not break the refusal that names it."""
    assert json.loads(write.as_json({"component": "\ud800 £"})) == {"component": "\ud800 £"}
