"""Queries that people saved on Stat-Xplore, run unchanged against the demonstration department."""

import json
from itertools import pairwise

import numpy as np
import pytest

from statlas.api.opendata import read, write
from statlas.service import tables

COUNT = "str:count:hb_new:V_F_HB_NEW"
SAVED = {
    "Housing_Benefit_claimants_region.json": (59, 10),
    "Housing_Benefit_claimants_LA.json": (59, 366),
}


@pytest.fixture(scope="session", params=SAVED)
def asked_and_answered(request, shared, demo_home):
    """A saved query and its answer, both as JSON."""
    body = (shared / "data/dwp_statxplore/queries" / request.param).read_bytes()
    asked = read.read(body, lambda name: tables.database(home=demo_home, database_id=name))
    cube = tables.table(home=demo_home, query=asked.query, door="opendata")
    return request.param, json.loads(body), json.loads(write.write(cube, asked.dimensions))


def test_a_saved_query_gives_the_table_it_names(asked_and_answered):
    """Every month by every area and their total, in the order of the query."""
    name, query, answer = asked_and_answered
    assert answer["query"] == query
    assert np.asarray(answer["cubes"][COUNT]["values"]).shape == SAVED[name]
    assert [field["uri"] for field in answer["fields"]] == [uri for [uri] in query["dimensions"]]


def test_a_saved_query_gives_the_labels_people_know(asked_and_answered):
    """Months as at Stat-Xplore, areas by their names, the total last."""
    _, _, answer = asked_and_answered
    months, areas = ([item["labels"][0] for item in field["items"]] for field in answer["fields"])
    assert "201811 (Nov-18)" in months
    assert {"North East", "County Durham"} & {*areas}
    assert areas[-1] == "Total"


def test_a_saved_query_gives_numbers_that_hang_together(asked_and_answered):
    """No number below five is shown, few areas are hidden, and the total is near the sum of what it is of."""
    _, _, answer = asked_and_answered
    values = np.asarray(answer["cubes"][COUNT]["values"])
    assert not ((values > 0) & (values < 5)).any()
    parts, total = values[:, :-1].sum(axis=1), values[:, -1]
    # Each hidden area holds fewer than five, and each number its own noise.
    hidden = (values[:, :-1] == 0).sum(axis=1)
    assert (np.abs(total - parts) <= 5 * hidden + 5 * np.sqrt(3 * values.shape[1])).all()


def test_an_edited_query_rolls_forward(shared, demo_home):
    """Without the recode of the date it is every month; without the date the latest, as one item."""
    query = json.loads((shared / "data/dwp_statxplore/queries/Housing_Benefit_claimants_region.json").read_bytes())
    [date], area = query["dimensions"]
    query["recodes"].pop(date)

    def months(dimensions):
        body = json.dumps(query | {"dimensions": dimensions}).encode()
        asked = read.read(body, lambda name: tables.database(home=demo_home, database_id=name))
        return [
            i.nodes[0].code
            for i in tables.table(home=demo_home, query=asked.query, door="opendata").dimensions[0].items
        ]

    every = months([[date], area])
    assert all(earlier < later for earlier, later in pairwise(every))
    assert len(every) > 59
    assert months([area]) == every[-1:]
