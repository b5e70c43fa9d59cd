"""A10: two homes that differ in one person, asked for other people: is there any trace of the person?

The homes have the same keys and were published in the same second; one person of the town of Eastlow is missing from
the second, or of another sex there.
Every question is about the county in which the person does not live.
"""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module

import django
import pytest
from homes import write_definition, write_records
from targets import home_with_fixed_secrets
from typer.testing import CliRunner

import statlas
from statlas.cli import app
from statlas.errors import StatlasError
from statlas.service import tables

django.setup()

from statlas.service.office import keys  # noqa: E402 - models are loaded after the set-up

AREA, SEX, AGE = (f"clubs:MEMBERS:{name}" for name in ("AREA", "SEX", "AGE_BAND"))
TOWNS = [[f"str:value:{AREA}:TOWN:{code}"] for code in ("N1", "N2", "N3")]
NORTH = [f"str:value:{AREA}:COUNTY:N"]


def body(*dimensions: str, **recodes: list[list[str]]) -> dict:
    """A request of the Open Data API; areas are those of the north unless given."""
    maps = {"AREA": [*TOWNS, NORTH, TOWNS[0] + TOWNS[2]]} | recodes
    return {
        "database": "str:database:clubs",
        "dimensions": [[f"str:field:clubs:MEMBERS:{name}"] for name in dimensions],
        "recodes": {
            f"str:field:clubs:MEMBERS:{name}": {"map": codes, "total": name != "AREA"} for name, codes in maps.items()
        },
    }


BODIES = (
    body("AREA"),
    body("AREA", "SEX"),
    body("AREA", "AGE_BAND", AGE_BAND=[[f"str:value:{AGE}:C_AGE:{code}" for code in "23"]]),
    body("AREA", "SEX", "AGE_BAND"),
    body("AREA", "NOWHERE"),
    body("AREA", AREA=[[f"str:value:{AREA}:TOWN:N9"]]),
    {},
)
PATHS = (
    "/",
    "/catalogue",
    "/databases/clubs",
    "/databases/clubs/table?rows=AREA@TOWN&items.AREA=N1;N2;N3&columns=SEX&total=SEX",
    "/databases/clubs/table.csv?rows=AREA@TOWN&items.AREA=N1;N2;Both=N1,N2&columns=AGE_BAND",
    "/databases/clubs/table.csv?rows=AREA@TOWN&items.AREA=N9",
    "/databases/clubs/table?rows=NOWHERE",
    "/databases/nowhere",
    "/webapi/rest/v1/schema",
    "/webapi/rest/v1/schema/str:database:clubs",
)


class AtNoon(datetime):
    """A clock that stands."""

    @classmethod
    def now(cls, tz=None):
        """Noon, whoever asks."""
        return cls(2026, 11, 23, 12, tzinfo=tz or UTC)


def rows_of(path) -> tuple[list[list[str]], list[int]]:
    """The rows of a file of records, and which of them are the first person of Eastlow."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    person = next(row[0] for row in rows if row[2] == "S2")
    return rows, [number for number, row in enumerate(rows) if row[0] == person]


@pytest.fixture(params=["missing", "of another sex"])
def both(request, tmp_path, monkeypatch) -> tuple[tables.Home, tables.Home]:
    """The two homes."""
    # By its full name: the package's attribute of that name is the function.
    monkeypatch.setattr(import_module("statlas.service.tables.releasing"), "datetime", AtNoon)
    rows, his = rows_of(write_records(tmp_path / "records.csv"))
    other = [[*row[:3], str(3 - int(row[3])), row[4]] if n in his else row for n, row in enumerate(rows)]
    if request.param == "missing":
        other = [row for n, row in enumerate(rows) if n not in his]
    return publish(tmp_path / "first", rows), publish(tmp_path / "other", other)


def publish(folder, rows: list[list[str]]) -> tables.Home:
    """A home with these records and no secrets."""
    home = home_with_fixed_secrets(folder / "home", "clubs")
    records = folder / "records.csv"
    with records.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    tables.publish(home=home, definition=write_definition(folder), records=[records])
    return home


def said_by(response) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer."""
    return response.status_code, dict(response.headers), response.getvalue()


def heard_at(home: tables.Home, client, settings, key: str) -> list[tuple[int, dict[str, str], bytes]]:
    """All that the site and the Open Data API answer."""
    settings.STATLAS = replace(settings.STATLAS, home=home.path)
    heard = [said_by(client.get(path, headers={"APIKey": key})) for path in PATHS]
    for asked in map(json.dumps, BODIES):
        to, kind = "/webapi/rest/v1/table", "application/json"
        heard.append(said_by(client.post(to, asked, content_type=kind, headers={"APIKey": key})))
    return heard


@pytest.mark.django_db
def test_no_answer_of_the_site_differs(both, client, settings):
    """Status, headers and body are equal to the byte at every page, file and endpoint, errors among them."""
    # A key each, so that the limits of both have as much left at every question.
    named = zip(both, ("a program", "another program"), strict=True)
    first, other = (heard_at(home, client, settings, keys.create(name=name)) for home, name in named)
    assert {status for status, _, _ in first} >= {200, 400, 404}
    assert [status for status, _, _ in first[len(PATHS) :]][:4] == [200] * 4
    for here, there in zip(first, other, strict=True):
        assert here == there


def test_no_answer_of_the_command_line_differs(both, tmp_path):
    """What `statlas table` prints, and how it ends, is equal."""
    ends = set()
    for number, asked in enumerate(BODIES):
        query = tmp_path / f"{number}.json"
        query.write_text(json.dumps(asked))
        for form in ("csv", "json", "text"):
            arguments = ["table", str(query), "--format", form, "--home"]
            first, other = (CliRunner().invoke(app, [*arguments, str(home.path)]) for home in both)
            assert (first.exit_code, first.output) == (other.exit_code, other.output)
            ends.add(first.exit_code)
    assert len(ends) > 1


def test_no_answer_in_python_differs(both):
    """Rows, numbers, statuses, text and errors are equal."""
    asked = {"rows": {"field": "AREA", "codes": ["N1", "N2", "N3"], "total": True}, "columns": "AGE_BAND"}
    first, other = (statlas.open(home.path)["clubs"].table(**asked, periods="all") for home in both)
    assert first.to_arrow().equals(other.to_arrow())
    assert repr(first) == repr(other)
    texts = []
    for home in both:
        with pytest.raises(StatlasError) as raised:
            statlas.open(home.path)["clubs"].table(rows="NOWHERE")
        texts.append(repr(raised.value.as_problem()))
    assert texts[0] == texts[1]


def test_the_person_is_seen_where_he_lives(both):
    """The control: asked for the person's own town, the homes do not answer the same."""
    asked = {"rows": ["AREA@TOWN", "SEX"], "columns": "AGE_BAND"}
    first, other = (statlas.open(home.path)["clubs"].table(**asked) for home in both)
    assert not first.to_arrow().equals(other.to_arrow())
