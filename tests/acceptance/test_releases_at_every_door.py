"""One past release at every door, by its day; and its marks in every kind of file."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace

import django
import four_releases
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import statlas
from statlas import formats
from statlas.cli import app
from statlas.errors import QueryError, UnknownNameError
from statlas.model.release import Notice
from statlas.service import tables
from statlas.service.tables.times import release_as_of
from statlas.store import notices

django.setup()

from statlas.service.office import keys  # noqa: E402 - models are loaded after the set-up

TOWN = "help:HELP:AREA:TOWN"
BODY = {
    "database": "str:database:help",
    "dimensions": [["str:field:help:HELP:MONTH"], [f"str:valueset:{TOWN}"]],
    "recodes": {"str:field:help:HELP:MONTH": {"map": [["str:value:help:HELP:MONTH:C_MONTH:202502"]]}},
}
ADDRESS = "rows=AREA@TOWN&columns=MONTH&periods=202502"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Four releases, each public since its own day."""
    return four_releases.dated(tmp_path_factory.mktemp("doors"))


@pytest.fixture
def site(client, home, settings, db):
    """Django's test client on the site that serves ``home``."""
    settings.STATLAS = replace(settings.STATLAS, home=home.path)
    return client


def towns(text: str) -> dict[str, tuple[str, str]]:
    """The number and the flags of each town of a CSV."""
    return {
        row["AREA_code"]: (row["value"], row["flags"]) for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    }


def body_of(response) -> str:
    """The body of a response as text."""
    data = b"".join(response.streaming_content) if response.streaming else response.content
    return data.decode()


@pytest.mark.parametrize(
    ("moment", "release"),
    [
        ("2025-03-18T08:30:00Z", "1"),
        ("2025-03-18T09:30", "1"),  # summer time has not begun, London is at UTC
        ("2025-03-18", "1"),
        ("2025-04-14", "1"),
        ("2025-04-15T09:30", "2"),
        ("2025-04-15T09:29:59", "1"),
        ("2025-04-15T10:30:00+02:00", "2"),
        ("2025-04-15T10:30:00 02:00", "2"),
        ("2025-06-16", "3"),
        ("2025-12-31", "4"),
    ],
)
def test_a_moment_means_the_release_that_answered_then(home, moment, release):
    """From its minute on, in London's time where no zone is named; a day is its end."""
    assert release_as_of(home=home, database_id="help", moment=moment) == release


@pytest.mark.parametrize(
    "moment", ["", "today", "2025", "2025-13-01", "20250318", "2025-03-18T25:00", "9" * 500, "\x00"]
)
def test_what_is_no_moment_is_refused(home, moment):
    """Nothing is guessed."""
    with pytest.raises(QueryError):
        release_as_of(home=home, database_id="help", moment=moment)


def test_before_the_first_release_there_was_nothing(home):
    """And of the time ahead nothing is known."""
    with pytest.raises(UnknownNameError):
        release_as_of(home=home, database_id="help", moment="2025-03-18T08:29:59Z")
    with pytest.raises(QueryError, match="ahead"):
        release_as_of(home=home, database_id="help", moment="2999-01-01")
    with pytest.raises(UnknownNameError):
        release_as_of(home=home, database_id="nothing", moment="2025-03-18")


def test_every_door_answers_as_of_a_day(home, site, tmp_path):
    """Page, native API by address and body, Open Data API, command line and Python: the same numbers and marks."""
    day = "2025-06-01"
    expected = towns(body_of(site.get(f"/databases/help/table.csv?{ADDRESS}&release=3")))
    assert [flags for _value, flags in expected.values()] == ["r", "r", "", ""]
    assert towns(body_of(site.get(f"/databases/help/table.csv?{ADDRESS}&asof={day}"))) == expected
    assert towns(body_of(site.get(f"/api/v1/tables.csv?database=help&{ADDRESS}&asOf={day}"))) == expected
    body = {"database": "help", "asOf": day, "rows": ["AREA@TOWN"], "columns": ["MONTH"], "periods": "202502"}
    answer = site.post("/api/v1/tables.csv", json.dumps(body), content_type="application/json")
    assert towns(body_of(answer)) == expected
    assert answer.headers["Statlas-Release"] == "3"

    secret = keys.create(name="a program")
    answer = site.post(
        f"/webapi/rest/v1/table?asOf={day}",
        json.dumps(BODY),
        content_type="application/json",
        headers={"APIKey": secret},
    )
    assert answer.status_code == 200, answer.content
    [values] = answer.json()["cubes"].values()
    assert [str(int(one)) for one in values["values"][0]] == [value for value, _flags in expected.values()]

    (tmp_path / "query.json").write_text(json.dumps(BODY))
    command = ["table", str(tmp_path / "query.json"), "--home", str(home.path), "--as-of", day]
    assert towns(CliRunner().invoke(app, command).output) == expected

    table = statlas.open(home.path)["help"].as_of(day).table(rows="AREA@TOWN", columns="MONTH", periods="202502")
    frame = table.to_arrow().to_pydict()
    assert (
        dict(zip(frame["AREA_code"], zip(map(str, frame["value"]), frame["flags"], strict=True), strict=True))
        == expected
    )


def test_a_release_of_then_that_was_withdrawn_tells_its_notice(home, site):
    """It is still the one that is meant: nothing else answered then."""
    folder = home.path / "databases" / "help"
    notices.withdraw(folder, Notice("help", "3", "Eastry was counted twice.", "2025-06-10T12:00:00+00:00"))
    try:
        for address in (
            f"/databases/help/table.csv?{ADDRESS}&asof=2025-06-01",
            "/api/v1/databases/help?asOf=2025-06-01",
        ):
            answer = site.get(address)
            assert answer.status_code == 410, address
            assert "Eastry was counted twice." in answer.content.decode()
        assert release_as_of(home=home, database_id="help", moment="2025-06-11") == "2"
    finally:
        notices.restore(folder, "3", reason="It was not.", at="2025-06-12T00:00:00+00:00")


def test_the_native_api_lists_releases_and_what_differs(site):
    """The same as the pages."""
    found = site.get("/api/v1/databases/help/releases").json()["releases"]
    assert [one["version"] for one in found] == ["2.0.0", "1.2.0", "1.1.0", "1.0.0"]
    assert found[1]["periods"]["revised"] == ["202502"]
    data = site.get("/api/v1/databases/help/changes?from=2&to=3&level=AREA@TOWN").json()
    page = json.loads(body_of(site.get("/databases/help/changes.json?from=2&to=3&level=AREA@TOWN")))
    assert data == page
    assert {cell["code"] for cell in data["levels"][0]["cells"]} == {"N", "E"}
    assert site.get("/api/v1/databases/help/changes?from=4&to=3").status_code == 400
    assert site.get("/api/v1/databases/help/changes?from=9").status_code == 404
    assert site.get("/api/v1/databases/nothing/releases").status_code == 404


@pytest.mark.parametrize("name", sorted(formats.FORMATS))
def test_every_kind_of_file_has_the_marks(home, name):
    """[p] and [r] stand with their numbers, or in words behind them, whatever the table is taken away as."""
    form = formats.FORMATS[name]
    database = tables.database(home=home, database_id="help", release="3")
    table = statlas.open(home.path)["help"].table(rows="AREA@TOWN", columns="MONTH", periods="all", release="3")
    data = b"".join(form.write(table, formats.about_of(table, database=database)))
    flags = {flag for one in table.to_arrow().to_pydict()["flags"] for flag in one.split()}
    assert flags == {"p", "r"}
    if name == "opendata-query":
        return  # a question has no numbers
    assert all(said in _plain(name, data) for said in ("provisional", "moved by more than noise"))


def _plain(name: str, data: bytes) -> str:
    """The words of a file."""
    if name in ("xlsx", "ods"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "".join(archive.read(one).decode("utf-8", "replace") for one in archive.namelist()).lower()
    if name in ("parquet", "arrow"):
        read = pq.read_table if name == "parquet" else lambda file: pa.ipc.open_file(file).read_all()
        found = read(io.BytesIO(data))
        assert {"p", "r"} <= set(found["flags"].to_pylist())
        return str({k.decode(): v.decode() for k, v in (found.schema.metadata or {}).items()}).lower()
    return data.decode("utf-8-sig").lower()
