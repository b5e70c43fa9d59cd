"""The query of a table as a file: what Stat-Xplore's page downloads, and what asks for the same table again."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from cubes import cube, dimension, measure
from worlds import NOISE_KEY, database, draw, flat, geography, manifest

from statlas import formats
from statlas.definitions.stat_xplore.read import read
from statlas.disclosure.policy import policy_for
from statlas.engine import tabulate
from statlas.errors import QueryError
from statlas.formats.opendata_query import _as_stat_xplore
from statlas.model.classification import Node
from statlas.model.cube import Cube
from statlas.model.query import Dimension, Filter, Item, Query, TimeKind, TimeSelector


@pytest.fixture(scope="module")
def world():
    """A database with a geography, and its records."""
    made = database(geography(), flat("KIND", 3), periods=("202501", "202502"))
    return made, draw(made, 150, 5, skew=3.0)


def answered(world, query: Query) -> Cube:
    """The table of a query."""
    made, records = world
    return tabulate(
        made,
        manifest(made),
        query,
        open_period=records.__getitem__,
        policy=policy_for("standard"),
        noise_key=NOISE_KEY,
    )


def test_the_file_asks_for_the_same_table(world):
    """Groups, totals, months: read as a request it gives every number again."""
    groups = (Item((Node("TOWN", "E1-1"),)), Item((Node("TOWN", "E1-2"), Node("REGION", "E2"))))
    table = answered(
        world,
        Query(
            "world",
            dimensions=(
                Dimension("MONTH", time=TimeSelector(TimeKind.ALL)),
                Dimension("AREA", items=groups, total=True),
                Dimension("KIND"),
            ),
        ),
    )
    file = b"".join(formats.write(table, "opendata-query"))
    again = answered(world, read(file, lambda _: world[0]).query)
    assert again.shape == table.shape
    assert np.array_equal(again.measures[0].values, table.measures[0].values)
    assert np.array_equal(again.measures[0].status, table.measures[0].status)


def test_every_field_has_its_recode(world):
    """The date too, as in files of Stat-Xplore: the file asks for the same months for good."""
    table = answered(world, Query("world", dimensions=(Dimension("KIND"),)))
    asked = json.loads(b"".join(formats.write(table, "opendata-query")))
    assert len(asked["recodes"]) == len(asked["dimensions"]) == 2
    assert all(recode["map"] for recode in asked["recodes"].values())


def test_the_file_is_laid_out_as_stat_xplore_does(shared):
    """A file that its page wrote, taken apart and written by us, is the same text."""
    text = (shared / "samples" / "query" / "example_a_query.json").read_text()
    assert _as_stat_xplore(json.loads(text)).strip() == text.strip()


def test_statistics_are_named_with_the_table_of_their_measure():
    """``str:statfn`` with database, table, measure and statistic."""
    mean = replace(measure([7], id_="PAY:MEAN", statistic="MEAN", precision=2), table="JOBS")
    made = cube([dimension("month", ["202512"], is_date=True)], measure([7]), mean)
    asked = json.loads(b"".join(formats.write(made, "opendata-query")))
    assert asked["measures"] == ["str:count:world:T", "str:statfn:world:JOBS:PAY:MEAN"]


def test_what_the_language_cannot_say_is_refused_before_a_byte():
    """A filter has no place in it; the error names the format that holds the query in full."""
    made = cube([dimension("month", ["202512"], is_date=True)], measure([7]))
    filtered = replace(made, query=replace(made.query, filters=(Filter("KIND", (Node("K", "1"),)),)))
    with pytest.raises(QueryError, match="which is filtered") as refused:
        formats.write(filtered, "opendata-query")
    assert refused.value.facts["instead"] == "json"
    assert formats.FORMATS["opendata-query"].misfit(filtered)
    assert formats.FORMATS["opendata-query"].misfit(made) is None
