"""A made-up database in the shape of Housing Benefit, cubes over it, and captured answers turned back into both."""

import gzip
import json
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pytest

from statlas.errors import UnknownNameError
from statlas.model.classification import Classification, Code, Node, Valueset
from statlas.model.cube import Cube, CubeDimension, CubeItem, CubeMeasure
from statlas.model.database import Annotation, Database, Field, FieldKind, Measure, RecordTable
from statlas.model.derivation import Column
from statlas.model.period import Calendar
from statlas.model.query import Query
from statlas.service import tables
from statlas.service.office import limits

REGIONS = {"E12000001": "North East", "E12000002": "North West", "W92000004": "Wales"}
TENURES = {"1": "Social Rented Sector", "2": "Private Rented Sector", "99": "Unknown"}


def listed(valueset_id, label, codes, parents=None):
    """A valueset of codes with labels, each under its parent."""
    return Valueset(
        valueset_id, label, tuple(Code(code, text, (parents or {}).get(code, ())) for code, text in codes.items())
    )


def geography():
    """Three regions and 120 authorities, more than a page of them."""
    regions = listed("V_REGION", "Region", REGIONS)
    authorities = {f"E0{n:07d}": f"Authority {n}" for n in range(120)}
    parents = {code: (Node("V_REGION", list(REGIONS)[n % 3]),) for n, code in enumerate(authorities)}
    levels = Classification((regions, listed("V_LA", "Local authority", authorities, parents)))
    return Field(
        "COA_CODE", "National - Regional - LA - OAs", "V_F_HB_NEW", levels, Column("la"), FieldKind.GEOGRAPHY,
        group="Geography (residence-based)",
    )  # fmt: skip


@pytest.fixture(scope="session")
def hb():
    """Housing Benefit with three months, a grouped geography, tenure, and a field whose codes are awkward."""
    tenure = Classification((listed("C_HOUSING_SECTOR", "Tenure", TENURES),))
    awkward = Classification(
        (listed("C_ODD", "Odd", {"a:b": "Colon", "N/A": "Slash", "50%": "Percent", "x y": "Space"}),)
    )
    empty = Classification((Valueset("C_HB_NEW_DATE", "Month", ()),))
    made = Database(
        "hb_new",
        "Housing Benefit - Data from April 2018",
        RecordTable("V_F_HB_NEW", "Housing Benefit Claimants", "claimant"),
        Calendar(),
        (
            Field("NEW_DATE_NAME", "Month", "F_HB_NEW_DATE", empty, Column("month"), FieldKind.DATE),
            geography(),
            Field("TENURE_PUB", "Private or Social Rented", "V_F_HB_NEW", tenure, Column("tenure")),
            Field("ODD", "Odd codes", "V_F_HB_NEW", awkward, Column("odd"), group="Age 16+ & over 50%"),
        ),
        measures=(
            Measure("LAHBAMT", "Weekly Award Amount", "V_F_HB_NEW", "award", "GBP", 2, ("SUM", "MEAN", "MEDIAN")),
        ),
        folder=("Housing Benefit",),
    )
    return made.with_periods(("202507", "202508", "202509"))


@pytest.fixture(scope="session")
def find(hb):
    """From a database's id to the database."""

    def found(database_id):
        if database_id != hb.id:
            raise UnknownNameError("not here", component=database_id)
        return hb

    return found


@pytest.fixture(scope="session")
def make_cube():
    """``make_cube(database, dimensions, values, ...)``: a cube of a count, shown whole unless a status is given."""
    return _cube


def _cube(database, dimensions, values, status=None, flags=None, **facts):
    values = np.asarray(values)
    measure = CubeMeasure(
        database.records.id,
        database.records.label,
        "COUNT",
        database.records.unit,
        0,
        values,
        np.zeros(values.shape, np.uint8) if status is None else np.asarray(status, np.uint8),
        np.zeros(values.shape, np.uint8) if flags is None else np.asarray(flags, np.uint8),
        np.zeros(values.shape),
    )
    query = Query(database.id)
    return Cube(database.id, database.label, "1", "2026-01-01", query, tuple(dimensions), (measure,), **facts)


@pytest.fixture(scope="session")
def dimension():
    """``dimension(field, nodes, total=True)``: a dimension of a cube, one item a node."""

    def made(field, items, *, total=False):
        found = [
            CubeItem("", tuple(nodes), tuple(field.classification.code(n).label for n in nodes)) for nodes in items
        ]
        if total:
            found.append(CubeItem("Total", tuple(chain.from_iterable(items)), (), is_total=True))
        return CubeDimension(field.id, field.label, field.table, tuple(found))

    return made


# --- captured answers -------------------------------------------------------------------------------------------------


def captured(path):
    """The JSON of a sample, compressed or not."""
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return json.loads(text)


@pytest.fixture(scope="session")
def capture():
    """From a sample's path to its JSON."""
    return captured


@pytest.fixture(scope="session")
def database_of():
    """A database with just what a captured answer names, its first field taken for the date."""
    return _database_of


def _database_of(answer):
    notes = answer["annotationMap"]
    found = [Annotation(key, notes[key]) for key in answer["database"]["annotationKeys"]]
    fields = []
    for shown in answer["fields"]:
        fields.append(_field_of(shown))
        found += [Annotation(key, notes[key], ((fields[-1].id, None),)) for key in shown.get("annotationKeys", ())]
    # The only trace of which field is the mandatory date is its label.
    fields.sort(key=lambda field: field.label not in {"Month", "Quarter", "Year"})
    count, *others = answer["measures"]
    table = count["uri"].split(":")[-1]
    return Database(
        answer["database"]["id"],
        answer["database"]["label"],
        RecordTable(table, count["label"], "thing"),
        Calendar(),
        tuple(fields),
        measures=tuple(Measure(m["measure"].split(":")[-1], m["label"], table, "", "GBP", 2) for m in others),
        annotations=tuple(found),
    )


def _field_of(shown):
    _, _, _, table, field_id, *_ = shown["uri"].split(":")
    levels = {}
    for item in shown["items"]:
        for uri, label in zip(item.get("uris", ()), item["labels"], strict=False):
            *_, valueset, code = uri.split(":")
            levels.setdefault(valueset, {})[code] = label
    valuesets = tuple(listed(valueset, valueset, codes) for valueset, codes in levels.items())
    return Field(field_id, shown["label"], table, Classification(valuesets), Column(field_id))


@pytest.fixture(scope="session")
def cube_of():
    """The cube that a captured answer was written from, its numbers and notes taken over."""
    return _cube_of


def _cube_of(answer, database):
    dimensions = []
    for shown in answer["fields"]:
        field = database.field(shown["uri"].split(":")[4])
        items = tuple(_item_of(item) for item in shown["items"])
        notes = tuple(shown.get("annotationKeys", ()))
        dimensions.append(CubeDimension(field.id, field.label, field.table, items, annotations=notes))
    count, *others = answer["measures"]
    made = _cube(
        database,
        dimensions,
        np.asarray(answer["cubes"][count["uri"]]["values"], np.int64),
        annotations=dict(answer["annotationMap"]),
        database_annotations=tuple(answer["database"]["annotationKeys"]),
    )
    return replace(made, measures=(*made.measures, *(_amounts(made, one, answer["cubes"]) for one in others)))


def _amounts(made, shown, cubes):
    """A measure of a captured answer, its numbers taken over."""
    cube = cubes[shown["uri"]]
    return replace(
        made.measures[0],
        id=":".join(shown["uri"].split(":")[-2:]),
        label=shown["label"],
        statistic=shown["function"],
        precision=cube["precision"],
        values=np.asarray(cube["values"], np.float64),
    )


def _item_of(item):
    nodes = tuple(Node(*uri.split(":")[-2:]) for uri in item.get("uris", ()))
    notes = tuple(item.get("annotationKeys", ()))
    return CubeItem("", nodes, tuple(item["labels"]), is_total=item["type"] == "Total", annotations=notes)


# --- a published database --------------------------------------------------------------------------------------------

DEFINITION = """\
statlas: 1
id: hb_new
label: Housing Benefit
folder: [Housing Benefit]
unit: claimant
synthetic: true
records: {table: V_F_HB_NEW, label: Housing Benefit Claimants, unit_id: claim}
date:
  {id: NEW_DATE_NAME, table: F_HB_NEW_DATE, label: Month, valueset: C_HB_NEW_DATE, column: month, frequency: month}
fields:
  - id: COA_CODE
    label: National - Regional - LA - OAs
    kind: geography
    group: Geography (residence-based)
    column: la
    levels:
      - {id: V_REGION, label: Region, codes: region.csv}
      - {id: V_LA, label: Local authority, codes: la.csv}
  - id: TENURE_PUB
    label: Private or Social Rented
    column: tenure
    levels:
      - {id: C_HOUSING_SECTOR, label: Tenure, codes: {"1": Social, "2": Private, "99": Unknown}}
  - id: OFFICE
    label: Office
    kind: geography
    column: tenure
    levels: [{id: C_OFFICE, label: Office, codes: {"1": Near, "2": Far}}]
measures:
  - {id: LAHBAMT, label: Weekly Award Amount, column: award, unit: GBP, statistics: [SUM, MEAN, MEDIAN]}
tables:
  - {id: tenure, title: Tenure this month, rows: [{field: TENURE_PUB, total: true}]}
  - id: north-east
    title: Awards in the North East
    measures: ["LAHBAMT:MEAN", LAHBAMT, V_F_HB_NEW]
    columns: [{field: TENURE_PUB, groups: {Either: ["1", "2"]}}]
    filters: {COA_CODE: [E12000001]}
    periods: all
    derived: [{change: previous, measure: V_F_HB_NEW}]
annotations:
  - {key: I, text: A made-up database.}
  - {key: XXV, field: TENURE_PUB, text: As stated.}
"""
N_AUTHORITIES = 120
MONTHS = ("202507", "202508", "202509")


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """A home with one small protected database; nobody is without a landlord, so that code 99 is always low."""
    folder = tmp_path_factory.mktemp("opendata")
    (folder / "hb_new.yaml").write_text(DEFINITION)
    (folder / "region.csv").write_text("code,label\nE12000001,North East\nE12000002,North West\n")
    authorities = [f"E08{n:06d},Authority {n},E1200000{1 + n % 2}" for n in range(N_AUTHORITIES)]
    (folder / "la.csv").write_text("\n".join(["code,label,parent", *authorities]))
    people = [(f"C{n}", f"E08{n % N_AUTHORITIES:06d}", 1 + n % 2) for n in range(2_400)]
    rows = [
        f"{claim},{la},{tenure},{month},{80 + n % 50}.{n % 100:02d}"
        for month in MONTHS
        for n, (claim, la, tenure) in enumerate(people)
    ]
    (folder / "claims.csv").write_text("\n".join(["claim,la,tenure,month,award", *rows]))
    made = tables.open_home(folder / "home")
    tables.publish(home=made, definition=folder / "hb_new.yaml", records=[folder / "claims.csv"])
    return made


# --- the site that serves it ------------------------------------------------------------------------------------------

BASE = "/webapi/rest/v1"


@pytest.fixture(autouse=True)
def no_memory_of_groups():
    """What a process remembers of groups and hours is forgotten: every test has a site's database of its own."""
    limits._of_groups.cache_clear()
    limits._forget_what_is_past.cache_clear()


@pytest.fixture
def get(client, key, home, settings):
    """``get(path, **headers)`` with a key, on the site that serves ``home``."""
    settings.STATLAS = replace(settings.STATLAS, home=home.path)
    return lambda path, **headers: client.get(f"{BASE}{path}", headers={"APIKey": key, **headers})


@pytest.fixture
def post(client, key, get):
    """``post(body)`` to ``/table``, the body as bytes or as what JSON is made of, without a Content-Type."""

    def sent(body, path="/table", **options):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return client.post(f"{BASE}{path}", data, content_type="", headers={"APIKey": key}, **options)

    return sent


# --- the same on the production server --------------------------------------------------------------------------------

STATLAS = Path(sys.executable).with_name("statlas")


def free_port():
    """A port that nobody listens at."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


@pytest.fixture(scope="session")
def address(home):
    """The base address of ``home``, served by ``statlas serve``."""
    port = free_port()
    command = [STATLAS, "serve", "--home", str(home.path), "--port", str(port), "--workers", "2"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz")
            yield f"http://127.0.0.1:{port}/webapi/rest/v1/"
        finally:
            server.terminate()


def wait_for(url):
    """Until the address answers, for a minute and a half."""
    end = time.monotonic() + 90
    while time.monotonic() < end:
        with suppress(OSError):
            return urlopen(url, timeout=5).close()
        time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")


@pytest.fixture(scope="session")
def live_key(home, address):
    """A key of ``home``, made while it is served."""
    command = [STATLAS, "key", "create", "clients", "--home", str(home.path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
