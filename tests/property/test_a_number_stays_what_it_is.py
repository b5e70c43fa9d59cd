"""The same cell has the same value wherever and however it is asked for: random tables of a published home.

The home holds the same members in two months, few enough that many cells are hidden.
"""

import csv
import io
import json
from dataclasses import replace

import django
import numpy as np
import pytest
from homes import TOWNS, write_definition, write_records
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from targets import home_with_fixed_secrets
from typer.testing import CliRunner

from statlas import formats
from statlas.cli import app
from statlas.model.cells import CellStatus
from statlas.model.classification import Node
from statlas.model.cube import Cube
from statlas.model.query import Dimension, Filter, Item, Query
from statlas.service import tables

django.setup()

from statlas.service.office import keys  # noqa: E402 - models are loaded after the set-up

MONTHS = ("202501", "202502")
NODES = {
    "AREA": [Node("COUNTY", c) for c in "NS"] + [Node("TOWN", c) for c in TOWNS],
    "SEX": [Node("C_SEX", c) for c in "12"],
    "AGE_BAND": [Node("C_AGE", c) for c in "1234"],
}
BOTH_MONTHS = Dimension("MONTH", items=tuple(Item((Node("C_MONTH", month),)) for month in MONTHS))
N_MEMBERS = 160


def dimensions_of(field: str) -> st.SearchStrategy[Dimension]:
    """Some codes and groups of a field, with or without a total."""
    group = st.lists(st.sampled_from(NODES[field]), min_size=1, max_size=4, unique=True)
    items = st.lists(group.map(lambda nodes: Item(tuple(nodes))), min_size=1, max_size=4)
    return st.builds(Dimension, st.just(field), items=items.map(tuple), total=st.booleans())


@st.composite
def queries(draw, *, most: int = 3) -> Query:
    """A table of both months by one to three fields in any order."""
    fields = draw(st.lists(st.sampled_from(sorted(NODES)), min_size=1, max_size=most, unique=True))
    dimensions = [draw(dimensions_of(field)) for field in fields]
    dimensions.insert(draw(st.integers(0, len(dimensions))), BOTH_MONTHS)
    return Query("clubs", dimensions=tuple(dimensions))


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> tables.Home:
    """The published home."""
    return publish(tmp_path_factory.mktemp("stays"), lambda lines: lines)


def publish(folder, arranged) -> tables.Home:
    """A home with the members' rows in another order, under the same secrets."""
    made = home_with_fixed_secrets(folder / "home", "clubs")
    records = write_records(folder / "records.csv", months=MONTHS, n=N_MEMBERS)
    head, *lines = records.read_text(encoding="utf-8").splitlines()
    records.write_text("\n".join([head, *arranged(lines), ""]), encoding="utf-8")
    tables.publish(home=made, definition=write_definition(folder), records=[records])
    return made


def asked(home: tables.Home, query: Query) -> Cube:
    """The cube of a query."""
    return tables.table(home=home, query=query, door="python")


def cells(cube: Cube) -> tuple[list, list, list]:
    """Values, statuses and flags in row-major order."""
    measure = cube.measures[0]
    return tuple(array.reshape(-1).tolist() for array in (measure.values, measure.status, measure.flags))


@given(query=queries())
def test_a_printed_number_is_never_below_the_threshold(home, query):
    """Shown numbers are five or more, groups and totals too; hidden ones are 0 and marked."""
    measure = asked(home, query).measures[0]
    shown = measure.status == CellStatus.SHOWN
    assert (measure.values[shown] >= 5).all()
    assert (measure.values[~shown] == 0).all()
    assert set(measure.status[~shown].tolist()) <= {CellStatus.LOW}


@given(query=queries())
def test_months_with_the_same_members_print_the_same(home, query):
    """January and February hold the same people, so no cell differs between them."""
    cube = asked(home, query)
    place = [dimension.field for dimension in cube.dimensions].index("MONTH")
    for array in (cube.measures[0].values, cube.measures[0].status, cube.measures[0].flags):
        january, february = np.moveaxis(array, place, 0)
        assert np.array_equal(january, february)


@given(query=queries(), data=st.data())
def test_the_order_of_dimensions_and_items_moves_cells_and_changes_none(home, query, data):
    """Turned and shuffled, a table has every number in its new place."""
    order = data.draw(st.permutations(range(len(query.dimensions))))
    places = [data.draw(st.permutations(range(len(d.items)))) for d in query.dimensions]
    shuffled = [
        replace(d, items=tuple(d.items[p] for p in place)) for d, place in zip(query.dimensions, places, strict=True)
    ]
    first = asked(home, query).measures[0]
    other = asked(home, replace(query, dimensions=tuple(shuffled[position] for position in order))).measures[0]
    with_totals = [[*p, len(p)] if d.total else list(p) for d, p in zip(query.dimensions, places, strict=True)]
    for here, there in ((first.values, other.values), (first.status, other.status), (first.flags, other.flags)):
        assert np.array_equal(here[np.ix_(*with_totals)].transpose(order), there)


@given(query=queries(most=2), data=st.data())
def test_a_filter_is_a_group_that_does_not_stand_in_the_table(home, query, data):
    """Filtered by some codes, a table has the numbers that the group of these codes has in it."""
    free = sorted(NODES.keys() - {d.field for d in query.dimensions})
    field = data.draw(st.sampled_from(free))
    nodes = tuple(data.draw(st.lists(st.sampled_from(NODES[field]), min_size=1, max_size=4, unique=True)))
    grouped = replace(query, dimensions=(*query.dimensions, Dimension(field, items=(Item(nodes),))))
    assert cells(asked(home, replace(query, filters=(Filter(field, nodes),)))) == cells(asked(home, grouped))


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(query=queries(), random=st.randoms(use_true_random=False))
def test_the_order_of_records_changes_nothing(home, tmp_path_factory, query, random):
    """The same rows in any order publish the same files and print the same numbers."""
    other = publish(tmp_path_factory.mktemp("shuffled"), lambda lines: random.sample(lines, len(lines)))
    assert cells(asked(home, query)) == cells(asked(other, query))
    files = [[r.sha256 for r in tables.manifest(home=h, database_id="clubs").records] for h in (home, other)]
    assert files[0] == files[1]


def as_body(query: Query) -> dict:
    """The query as the Open Data API reads it."""
    uris = {d.field: f"clubs:MEMBERS:{d.field}" for d in query.dimensions}
    return {
        "database": "str:database:clubs",
        "dimensions": [[f"str:field:{uri}"] for uri in uris.values()],
        "recodes": {
            f"str:field:{uris[d.field]}": {
                "map": [[f"str:value:{uris[d.field]}:{n.valueset}:{n.code}" for n in item.nodes] for item in d.items],
                "total": d.total,
            }
            for d in query.dimensions
        },
    }


@pytest.fixture
def key(db) -> str:
    """A key of the Open Data API."""
    return keys.create(name="a program")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries())
def test_every_door_prints_the_same(home, tmp_path_factory, client, key, settings, query):
    """Python, the command line and the Open Data API agree on every cell; the last prints 0 for hidden ones."""
    values, status, _ = cells(asked(home, query))
    settings.STATLAS = replace(settings.STATLAS, home=home.path)
    body = json.dumps(as_body(query))
    to, kind = "/webapi/rest/v1/table", "application/json"
    [cube] = client.post(to, body, content_type=kind, headers={"APIKey": key}).json()["cubes"].values()
    assert np.array(cube["values"]).reshape(-1).tolist() == values
    path = tmp_path_factory.mktemp("query") / "query.json"
    path.write_text(body)
    done = CliRunner().invoke(app, ["table", str(path), "--home", str(home.path), "--format", "csv"])
    rows = list(csv.DictReader(io.StringIO(done.output)))
    assert [row["value"] for row in rows] == numbers(values, status)


def numbers(values: list[int], status: list[int]) -> list[str]:
    """Values as a file writes them: nothing where nothing is printed."""
    return [str(v) if s == CellStatus.SHOWN else "" for v, s in zip(values, status, strict=True)]


@given(query=queries())
def test_every_format_holds_the_same(home, query):
    """The CSV, the JSON, the Arrow table and the frames of a cube hold the numbers that the cube holds."""
    cube = asked(home, query)
    values, status, _ = cells(cube)
    rows = csv.DictReader(io.StringIO(b"".join(formats.write(cube, "csv")).decode("utf-8-sig")))
    assert [row["value"] for row in rows] == numbers(values, status)
    expected = [v if s == CellStatus.SHOWN else None for v, s in zip(values, status, strict=True)]
    measure = json.loads(b"".join(formats.write(cube, "json")))["measures"][0]
    assert flattened(measure["values"]) == expected
    assert cube.to_arrow().column("value").to_pylist() == expected
    assert cube.to_polars()["value"].to_list() == expected


def flattened(nested: list) -> list:
    """The numbers of nested lists, in order."""
    return [number for part in nested for number in flattened(part)] if isinstance(nested, list) else [nested]
