"""One question at every door: Python, the command line, the page's file, the Open Data API."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import django
import pytest
from homes import write_definition, write_records
from typer.testing import CliRunner

import statlas
from statlas.cli import app
from statlas.service import tables

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
