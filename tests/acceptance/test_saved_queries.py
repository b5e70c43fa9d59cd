"""Queries that people saved on Stat-Xplore, run unchanged against the demonstration department.

Every saved query and every query of a captured answer is in one of the lists below: answered, or never.
"""

import gzip
import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from statlas.api.opendata import write
from statlas.definitions.address import parameters_of, query_of
from statlas.definitions.stat_xplore import read
from statlas.demonstration.made import SCALES
from statlas.service import tables
from statlas.service.tables import bringing

SHARED = Path(__file__).parents[3] / "shared"
FOLDERS = ("samples/query", "samples/table", "data/dwp_statxplore/queries", "data/dwp_statxplore/api_responses")

OTHERS = "the demonstration has no such database, and need not"
NEVER = {
    "data/dwp_statxplore/queries/HBAI.json": OTHERS,
    "data/dwp_statxplore/queries/urban_flows_error.json": "it is no JSON: an example of an error",
    "samples/query/acc_england_age_16_aug22.json": OTHERS,
    "samples/query/statcube_foreign_trade.json": OTHERS,
    "samples/table/statcube_default_query_mandatory_field_only.json": OTHERS,
}
"""Why each is never answered."""

ANSWERED = (
    "samples/query/relative-low-income-by-year-sheffield.json",
    "data/dwp_statxplore/queries/urban_flows_relative-low-income-by-year-sheffield.json",
    "data/dwp_statxplore/queries/CLIF_ABS.json",
    "samples/table/statxplorer_example_b_count_and_mean.json",
    "samples/table/statxplorer_example_a_uc_households_region_month_family.json",
    "samples/query/example_b_query.json",
    "samples/query/example_a_query.json",
    "data/dwp_statxplore/queries/hoc_library_example_b_query.json",
    "data/dwp_statxplore/queries/hoc_library_example_a_query.json",
    "data/dwp_statxplore/queries/Housing_Benefit_claimants_LA.json",
    "data/dwp_statxplore/queries/Housing_Benefit_claimants_region.json",
    "data/dwp_statxplore/api_responses/uc_households_by_constituency_may2025.json.gz",
    "data/dwp_statxplore/api_responses/uc_households_by_family_type_april_december_2025.json.gz",
    "data/dwp_statxplore/api_responses/uc_households_by_local_authority_may2025.json.gz",
    "data/dwp_statxplore/api_responses/uc_households_by_number_of_children_april_december_2025.json.gz",
    "data/dwp_statxplore/api_responses/uc_households_housing_entitlement_april_december_2025.json.gz",
    "data/dwp_statxplore/api_responses/uc_households_lcwra_entitlement_april_december_2025.json.gz",
    "samples/table/chronicle_uc_households_by_family_type_april_december_2025.json",
    "samples/table/chronicle_uc_households_by_local_authority_may2025_valueset_dimension.json.gz",
    "samples/table/chronicle_uc_households_by_number_of_children_april_december_2025.json",
    "samples/table/chronicle_uc_households_housing_entitlement_april_december_2025.json",
)


@dataclass(frozen=True)
class Saved:
    """A saved query, and the answer that was captured with it if there was one."""

    query: dict
    captured: dict | None = None

    @property
    def database(self):
        """The id of the database asked."""
        return self.query["database"].removeprefix("str:database:")


def saved(shared, name):
    """What is in a file."""
    content = (shared / name).read_bytes()
    found = json.loads(gzip.decompress(content) if name.endswith(".gz") else content)
    return Saved(found["query"], found) if "cubes" in found else Saved(found)


def answer(home, query):
    """What the Open Data API answers to a query."""
    asked = read.read(json.dumps(query).encode(), lambda name: tables.database(home=home, database_id=name))
    cube = tables.table(home=home, query=asked.query, door="opendata")
    return json.loads(write.write(cube, asked.dimensions, asked.measures, asked.former))


@pytest.fixture(scope="module", params=ANSWERED)
def asked_and_answered(request, shared, demonstration):
    """A saved query and our answer."""
    asked = saved(shared, request.param)
    return asked, answer(demonstration.home(asked.database), asked.query)


# --- all of them ------------------------------------------------------------------------------------------------------


def test_no_query_is_forgotten(shared):
    """Every file of queries and answers stands in one list, and every name in a list is a file."""
    names = [str(path.relative_to(SHARED)) for folder in FOLDERS for path in (shared / folder).iterdir()]
    assert sorted(names) == sorted([*ANSWERED, *NEVER])


@pytest.mark.parametrize("name", [name for name, why in NEVER.items() if why == OTHERS])
def test_what_is_never_answered_has_no_database(shared, name):
    """A query of a database that the demonstration has by now belongs among the answered ones."""
    assert saved(shared, name).database not in SCALES


# --- those that are answered ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ANSWERED)
def test_a_file_brought_to_the_page_leads_to_the_table_that_the_door_gives(shared, demonstration, name):
    """Queries and captured answers alike: the address of the table asks for the same, nothing left out."""
    content = (shared / name).read_bytes()
    asked = saved(shared, name)
    home = demonstration.home(asked.database)
    found = bringing.understand(home=home, body=gzip.decompress(content) if name.endswith(".gz") else content)
    door = read.read(json.dumps(asked.query).encode(), lambda name: tables.database(home=home, database_id=name)).query
    again = query_of(found.database, parameters_of(found.query))
    assert found.left_out == ()
    assert {d.field: (d.items, d.total) for d in again.dimensions} == {
        d.field: (d.items, d.total) for d in door.dimensions
    }
    assert again.measures == door.measures


def test_an_answer_repeats_the_query(asked_and_answered):
    """The recodes, dimensions and measures come back as they were asked for."""
    asked, answered = asked_and_answered
    assert answered["query"] == asked.query


def test_an_answer_has_the_shape_of_its_query(asked_and_answered):
    """A cell for each item of each dimension, totals last, in the order of the query; numbers are whole."""
    asked, answered = asked_and_answered
    recodes = [asked.query["recodes"][uri] for [uri] in asked.query["dimensions"]]
    shape = tuple(len(recode["map"]) + bool(recode.get("total")) for recode in recodes)
    assert [field["uri"] for field in answered["fields"]] == [uri for [uri] in asked.query["dimensions"]]
    for measure in asked.query["measures"]:
        assert np.asarray(answered["cubes"][measure]["values"]).shape == shape


def test_an_answer_is_what_stat_xplore_answered_but_for_the_numbers(asked_and_answered):
    """Where an answer was captured: the same measures, fields and items, with the same labels, in the same order."""
    asked, answered = asked_and_answered
    if asked.captured is None:
        return
    assert answered["measures"] == asked.captured["measures"]
    assert {k: v for k, v in answered["database"].items() if k != "annotationKeys"} == {
        k: v for k, v in asked.captured["database"].items() if k != "annotationKeys"
    }
    for ours, theirs in zip(answered["fields"], asked.captured["fields"], strict=True):
        assert (ours["uri"], ours["label"]) == (theirs["uri"], theirs["label"])
        assert list(map(bare, ours["items"])) == list(map(bare, theirs["items"]))


def test_an_answer_has_the_members_that_were_captured(asked_and_answered):
    """Where an answer was captured: every object has the same members in the same order, of the same types."""
    asked, answered = asked_and_answered
    if asked.captured is None:
        return
    ours, theirs = form(answered), form(asked.captured)
    for member, (name, ours_of_it), (_, theirs_of_it) in zip(asked.captured, ours, theirs, strict=True):
        assert name == member
        # Another publisher has other notes, and perhaps none.
        assert member == "annotationMap" or ours_of_it == theirs_of_it, member


BY_ID = {"recodes", "cubes"}
"""Objects whose members are named by ids."""


def form(value, name=""):
    """What a JSON value is made of: an object's members in their order, an array's kinds of elements, the type."""
    if isinstance(value, dict):
        members = [(key, form(inner, key)) for key, inner in value.items() if not is_optional(key, value)]
        return frozenset(inner for _, inner in members) if name in BY_ID else tuple(members)
    if isinstance(value, list):
        return frozenset(form(element, name) for element in value)
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def is_optional(name, inside):
    """Members that stand only where there is something to say: notes of fields, items and cells; or null for absent."""
    return inside[name] is None or name == "annotations" or (name == "annotationKeys" and "id" not in inside)


LABELS_OF_2019 = {
    "Single, no child dependant": "Single, no children",
    "Single, with child dependant(s)": "Single, with children",
    "Couple, no child dependant": "Couple, no children",
    "Couple, with child dependant(s)": "Couple, with children",
}
"""Labels that Stat-Xplore has changed since an answer was captured."""


def bare(item):
    """An item without its notes, which are ours, and without uris where it has none; with the labels of today."""
    kept = {key: value for key, value in item.items() if key != "annotationKeys" and value is not None}
    return kept | {"labels": [LABELS_OF_2019.get(label, label) for label in item["labels"]]}


def test_an_answer_shows_no_small_number(asked_and_answered):
    """Nothing from one to four."""
    _, answered = asked_and_answered
    for cube in answered["cubes"].values():
        values = np.asarray(cube["values"])
        assert not ((values > 0) & (values < 5)).any()


# --- Housing Benefit --------------------------------------------------------------------------------------------------


@pytest.fixture(params=[name for name in ANSWERED if "Housing_Benefit" in name])
def housing_benefit(request, shared, demonstration):
    """The answer to one of the two queries on Housing Benefit."""
    return answer(demonstration.home("hb_new"), saved(shared, request.param).query)


def test_areas_and_months_have_the_labels_people_know(housing_benefit):
    """Months as at Stat-Xplore, areas by their names, the total last."""
    months, areas = ([item["labels"][0] for item in field["items"]] for field in housing_benefit["fields"])
    assert "201811 (Nov-18)" in months
    assert {"North East", "County Durham"} & {*areas}
    assert areas[-1] == "Total"


def test_numbers_hang_together(housing_benefit):
    """Few areas are hidden, and the total is near the sum of what it is of."""
    values = np.asarray(housing_benefit["cubes"]["str:count:hb_new:V_F_HB_NEW"]["values"])
    parts, total = values[:, :-1].sum(axis=1), values[:, -1]
    # Each hidden area holds fewer than five, and each number its own noise.
    hidden = (values[:, :-1] == 0).sum(axis=1)
    assert (np.abs(total - parts) <= 5 * hidden + 5 * np.sqrt(3 * values.shape[1])).all()


def test_an_edited_query_rolls_forward(shared, demonstration):
    """Without the recode of the date it is every month; without the date the latest, as one item."""
    home = demonstration.home("hb_new")
    query = saved(shared, "data/dwp_statxplore/queries/Housing_Benefit_claimants_region.json").query
    [date], area = query["dimensions"]
    query["recodes"].pop(date)

    def months(dimensions):
        fields = answer(home, query | {"dimensions": dimensions})["fields"]
        return [item["uris"][0] for item in fields[0]["items"]]

    every = months([[date], area])
    assert all(earlier < later for earlier, later in pairwise(every))
    assert len(every) > 59
    assert months([area]) == every[-1:]
