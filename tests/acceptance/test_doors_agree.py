"""One question at every door: Python, the command line, the page's file, the Open Data API, the native API."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import django
import pytest
from homes import FEES, write_definition, write_records
from hypothesis import HealthCheck, given
from hypothesis import settings as how_many
from hypothesis import strategies as st
from typer.testing import CliRunner

import statlas
from statlas.cli import app
from statlas.definitions.address import parameters_of
from statlas.definitions.query_json import query_json
from statlas.definitions.stat_xplore import ids
from statlas.errors import DisclosureRefused
from statlas.model.classification import Node
from statlas.model.derived import Change, Formula, Percentage, Rank, Share, Since
from statlas.model.query import Dimension, Item, Query, Role, TimeKind, TimeSelector
from statlas.service import tables
from statlas.web import links

django.setup()

from statlas.service.office import keys  # noqa: E402 - models are loaded after the set-up

# Towns by age band with a total, and a group of two bands: hidden cells, shown cells, sums of printed numbers.
PYTHON = {
    "rows": "AREA@TOWN",
    "columns": {"field": "AGE_BAND", "codes": ["1", "4"], "groups": {"Middle": ["2", "3"]}, "total": True},
    "periods": "202501..202502",
}
ADDRESS = (
    "/databases/clubs/table.csv?rows=AREA@TOWN&columns=AGE_BAND&items.AGE_BAND=1;4;Middle=2,3&total=AGE_BAND"
    "&wafers=MONTH&periods=202501..202502"
)
AGE, TOWN = "clubs:MEMBERS:AGE_BAND", "clubs:MEMBERS:AREA:TOWN"
BAND = f"str:value:{AGE}:C_AGE"
BODY = {
    "database": "str:database:clubs",
    "dimensions": [["str:field:clubs:MEMBERS:MONTH"], [f"str:valueset:{TOWN}"], [f"str:field:{AGE}"]],
    "recodes": {f"str:field:{AGE}": {"map": [[f"{BAND}:1"], [f"{BAND}:4"], [f"{BAND}:2", f"{BAND}:3"]], "total": True}},
}


@pytest.fixture
def home(tmp_path):
    """A home with two months of clubs; in Corley nobody is under 25."""
    made = tables.open_home(tmp_path / "home")
    records = write_records(tmp_path / "records.csv", n=100)
    tables.publish(home=made, definition=write_definition(tmp_path), records=[records])
    return made


def column(text: str) -> dict[tuple[str, str, str], tuple[str, str, str]]:
    """The value, status and flags of each cell of a CSV, by its codes."""
    rows = csv.DictReader(io.StringIO(text))
    names = ("MONTH_code", "AREA_code", "AGE_BAND_code")
    return {tuple(row[n] for n in names): (row["value"], row["status"], row["flags"]) for row in rows}


def flat(nested) -> list:
    """The numbers of a nested list, in order."""
    return [number for inner in nested for number in flat(inner)] if isinstance(nested, list) else [nested]


@pytest.mark.django_db
def test_every_door_gives_the_same_numbers(home, tmp_path, client, settings):
    """Value, status and flags are those of Python at every door; the Open Data API prints 0 where none is printed."""
    settings.STATLAS = replace(settings.STATLAS, home=home.path)
    frame = statlas.open(home.path)["clubs"].table(**PYTHON).to_arrow().to_pydict()
    values = frame["value"]
    texts = ["" if number is None else str(number) for number in values]
    places = zip(frame["MONTH_code"], frame["AREA_code"], frame["AGE_BAND_code"], strict=True)
    expected = dict(zip(places, zip(texts, frame["status"], frame["flags"], strict=True), strict=True))
    assert None in values
    assert {"", "derived"} <= set(frame["flags"])

    (tmp_path / "query.json").write_text(json.dumps(BODY))
    done = CliRunner().invoke(app, ["table", str(tmp_path / "query.json"), "--home", str(home.path)])
    assert column(done.output) == expected
    page = client.get(ADDRESS)
    assert column(page.getvalue().decode()) == expected
    answer = client.post(
        "/webapi/rest/v1/table",
        json.dumps(BODY),
        content_type="application/json",
        headers={"APIKey": keys.create(name="a program")},
    ).json()
    assert flat(answer["cubes"]["str:count:clubs:MEMBERS"]["values"]) == [number or 0 for number in values]


# --- any question -----------------------------------------------------------------------------------------------------

MEASURES = ("MEMBERS", "FEE:SUM", "FEE:MEAN", "FEE:MEDIAN", "FEE:P90")
FIELDS = {
    "AREA": [("TOWN", ("N1", "N2", "N3", "S1", "S2")), ("COUNTY", ("N", "S"))],
    "SEX": [("C_SEX", ("1", "2"))],
    "AGE_BAND": [("C_AGE", ("1", "2", "3", "4"))],
}


@pytest.fixture(scope="module")
def fees(tmp_path_factory):
    """Three months of clubs whose members pay; in some towns there are very few."""
    folder = tmp_path_factory.mktemp("fees")
    made = tables.open_home(folder / "home")
    records = write_records(folder / "records.csv", months=("202501", "202502", "202503"), n=260, fees=True)
    tables.publish(home=made, definition=write_definition(folder, more=FEES), records=[records])
    return made


@st.composite
def _items(draw, field):
    """Codes and groups of one field, of one level or several."""
    nodes = [Node(level, code) for level, codes in FIELDS[field] for code in codes]
    chosen = draw(
        st.lists(st.lists(st.sampled_from(nodes), min_size=1, max_size=2, unique=True), min_size=1, max_size=4)
    )
    return tuple(Item(tuple(one), "Both" if len(one) > 1 else None) for one in chosen)


@st.composite
def questions(draw):
    """Any fields, levels, items, groups, totals, months and measures, with the date in a place of its own."""
    fields = draw(st.lists(st.sampled_from(sorted(FIELDS)), max_size=3, unique=True))
    role = st.sampled_from([Role.ROWS, Role.COLUMNS])
    dimensions = [
        Dimension(field, items=draw(_items(field)), total=draw(st.booleans()), role=draw(role))
        if draw(st.booleans())
        else Dimension(
            field, valueset=draw(st.sampled_from(FIELDS[field]))[0], total=draw(st.booleans()), role=draw(role)
        )
        for field in fields
    ]
    months = draw(st.lists(st.sampled_from(["202501", "202502", "202503"]), min_size=1, unique=True))
    items = tuple(Item((Node("C_MONTH", month),)) for month in months)
    measures = draw(st.lists(st.sampled_from(MEASURES), max_size=3, unique=True))
    return Query("clubs", tuple(measures), (Dimension("MONTH", items=items, role=Role.WAFERS), *dimensions))


def body_of(query: Query) -> bytes:
    """The query in the words of the Open Data API."""

    def uri(dimension):
        if dimension.valueset:
            return ids.valueset("clubs", "MEMBERS", dimension.field, dimension.valueset)
        return ids.field("clubs", "MEMBERS", dimension.field)

    def recode(dimension):
        named = [
            [ids.value("clubs", "MEMBERS", dimension.field, n) for n in item.nodes] for item in dimension.items or ()
        ]
        return {"map": named, "total": dimension.total}

    def measure(name):
        found = name.split(":")
        return ids.count("clubs", "MEMBERS") if len(found) == 1 else ids.statfn("clubs", "MEMBERS", *found)

    return json.dumps(
        {
            "database": "str:database:clubs",
            "measures": [measure(name) for name in query.measures],
            "dimensions": [[uri(dimension)] for dimension in query.dimensions],
            "recodes": {uri(dimension): recode(dimension) for dimension in query.dimensions},
        }
    ).encode()


def cells(text: str) -> list[tuple[str, ...]]:
    """Every line of a CSV as ``columns_of`` orders it."""
    read = [*csv.reader(io.StringIO(text, newline=""))]
    columns = dict(zip(read[0], zip(*read[1:], strict=True), strict=True))
    del columns["about"]  # of the whole, in the first line alone
    return sorted(zip(*columns_of(columns), strict=True))


def frame_cells(cube) -> list[tuple[str, ...]]:
    """The same of a cube in Python."""
    frame = cube.to_arrow().to_pydict() | {"remark": ["synthetic"] * cube.n_cells}
    texts = {
        name: ["" if value is None else str(value).removesuffix(".0") for value in column]
        for name, column in frame.items()
    }
    return sorted(zip(*columns_of(texts), strict=True))


def columns_of(columns):
    """Codes by the name of their field, then everything else but labels, as the Open Data API has none for groups.

    An address groups its fields by side, so the order of fields is not that of the question.
    """
    codes = sorted(name for name in columns if name.endswith("_code"))
    others = [name for name in columns if name not in {*codes, "Month", "Area", "Sex", "Age band"}]
    return [columns[name] for name in (*codes, *others)]


@pytest.mark.django_db
@given(query=questions())
@how_many(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_question_has_the_same_answer_at_every_door(fees, client, settings, tmp_path, query):
    """Random fields, items, totals and measures: equal cells, symbols, flags, noise and rules; refusals are equal too.

    Only the Open Data API prints 0 where no number is printed, and there every such cell has a note.
    """
    settings.STATLAS = replace(settings.STATLAS, home=fees.path)
    (tmp_path / "query.json").write_bytes(body_of(query))
    command = ["table", str(tmp_path / "query.json"), "--home", str(fees.path)]
    address = links.csv("clubs", parameters_of(query))
    key = {"APIKey": keys.create(name=f"a program {len(keys.list_all())}")}

    def native(kind="csv"):
        body = json.dumps(query_json(query))
        return client.post(f"/api/v1/tables.{kind}", body, content_type="application/json", headers=key)

    def opendata():
        return client.post("/webapi/rest/v1/table", body_of(query), content_type="application/json", headers=key)

    cube, refusal = cube_or_refusal(fees, query)
    if cube is None:
        assert (client.get(address).status_code, opendata().status_code) == (422, 422)
        assert opendata().json()["component"] == refusal.rule
        assert (native().status_code, native().json()["rule"]) == (422, refusal.rule)
        assert CliRunner().invoke(app, command).exit_code == refusal.exit_code
        return
    expected = frame_cells(cube)
    done = CliRunner().invoke(app, command)
    assert cells(done.stdout_bytes.decode()) == expected
    assert cells(client.get(address).getvalue().decode()) == expected
    assert cells(native().getvalue().decode()) == expected
    by_address = client.get("/api/v1/tables.csv", [("database", "clubs"), *parameters_of(query)], headers=key)
    assert cells(by_address.getvalue().decode()) == expected
    assert paged(client, query, key) == [
        one for measure in json.loads(native("json").getvalue())["measures"] for one in flat(measure["values"])
    ]
    answer = opendata().json()
    noted = {"c", "cc", "x", "xx"}
    for (uri, told), measure in zip(answer["cubes"].items(), cube.measures, strict=True):
        assert uri.endswith(measure.id if ":" in measure.id else ":MEMBERS")
        printed = [value for value, status in zip(measure.values.flat, measure.status.flat, strict=True)]
        statuses = measure.status.reshape(-1).tolist()
        assert flat(told["values"]) == [v if s == 0 else 0 for v, s in zip(printed, statuses, strict=True)]
        keys_of = flat_keys(told.get("annotations"), len(statuses))
        assert [bool(noted & set(k)) for k in keys_of] == [status in (3, 4) for status in statuses]
    assert answer["annotationMap"]["z"].startswith("0 stands for")


def paged(client, query, key):
    """The numbers of the native API's pages of cells, measure after measure."""
    found, cursor = [], ""
    while cursor is not None:
        address = f"/api/v1/tables/cells?limit=50&cursor={cursor}"
        page = client.post(address, json.dumps(query_json(query)), content_type="application/json", headers=key).json()
        found += page["cells"]
        cursor = page["next"]
    ids = found[0]["numbers"]
    return [one["numbers"][measure]["value"] for measure in ids for one in found]


MARCH = Dimension("MONTH", items=(Item((Node("C_MONTH", "202503"),)),))


def test_the_command_line_gives_measures_in_every_format(fees, tmp_path):
    """JSON holds each measure whole; the text names both and tells its symbols."""
    query = Query("clubs", ("MEMBERS", "FEE:MEAN"), (MARCH, Dimension("AREA", valueset="TOWN")))
    (tmp_path / "query.json").write_bytes(body_of(query))
    command = ["table", str(tmp_path / "query.json"), "--home", str(fees.path), "--format"]
    told = json.loads(CliRunner().invoke(app, [*command, "json"]).stdout)
    cube = tables.table(home=fees, query=query, door="python")
    for one, measure in zip(told["measures"], cube.measures, strict=True):
        assert (one["id"], one["label"], one["precision"]) == (measure.id, measure.label, measure.precision)
        printed = [v for v, s in zip(measure.values.flat, measure.status.flat, strict=True) if s == 0]
        assert [value for value in flat(one["values"]) if value is not None] == printed
    text = CliRunner().invoke(app, [*command, "text"]).stdout
    assert text == f"{cube!r}\n"
    assert "Members and Mean of Yearly fee by Area" in text
    assert "[low] is fewer than 5, or none; beside an amount, fewer than 10." in text


def cube_or_refusal(home, query):
    """The answer in Python: a cube, or why there is none."""
    try:
        return tables.table(home=home, query=query, door="python"), None
    except DisclosureRefused as refusal:
        return None, refusal


def flat_keys(nested, n: int) -> list[list[str]]:
    """The annotation keys of every cell, in order; lists of texts are the leaves."""

    def leaves(one):
        if one is None or (one and isinstance(one[0], str)):
            return [one or []]
        return [leaf for inner in one for leaf in leaves(inner)]

    return leaves(nested) if nested is not None else [[] for _ in range(n)]


DERIVED = (
    *(
        Percentage(Share.ROW),
        Change(Since.PREVIOUS),
        Change(Since.YEAR, percent=True, measure="FEE:MEAN"),
        Rank("AREA"),
    ),
    Formula("Fee a head", "{FEE:SUM} / {MEMBERS}", precision=2),
    Formula("% women", "100 * {1} / {Total}", "SEX"),
)


@pytest.mark.django_db
@pytest.mark.parametrize("derived", [DERIVED, *((one,) for one in DERIVED)])
def test_derived_numbers_are_the_same_on_pages_in_python_and_in_ready_tables(fees, client, settings, derived):
    """The address of a page and the arguments of Python lead to equal cells, the formula's item among them."""
    settings.STATLAS = replace(settings.STATLAS, home=fees.path)
    query = Query(
        "clubs",
        ("FEE:MEAN", "MEMBERS") if Percentage(Share.ROW) not in derived else ("MEMBERS", "FEE:MEAN"),
        (
            Dimension("MONTH", time=TimeSelector(TimeKind.LATEST, 2), role=Role.WAFERS),
            Dimension("AREA", valueset="TOWN"),
            Dimension("SEX", role=Role.COLUMNS),
        ),
        derived=derived,
    )
    made = statlas.open(fees.path)["clubs"].table(
        rows="AREA@TOWN", columns="SEX", periods="latest(2)", measures=query.measures, derived=derived
    )
    page = cells(client.get(links.csv("clubs", parameters_of(query))).getvalue().decode())
    assert numbers(page) == numbers(frame_cells(made))
    assert frame_cells(tables.table(home=fees, query=query, door="web")) == frame_cells(made)


def numbers(rows: list[tuple[str, ...]]) -> list[list[str | float]]:
    """The same with numbers for texts of numbers: beside a formula Arrow's column of counts has decimals."""
    return sorted([[number(text) for text in row] for row in rows], key=str)


def number(text: str) -> str | float:
    """A number, where the text is one."""
    try:
        return float(text)
    except ValueError:
        return text
