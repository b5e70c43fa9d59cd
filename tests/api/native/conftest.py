"""A home with two databases, one of them in two releases, and the site that serves it."""

import json
from dataclasses import replace

import pytest
from homes import FEES, write_definition, write_records

from statlas.service import tables

ROOMS = """\
statlas: 1
id: rooms
label: Meeting rooms
folder: [Leisure, Places]
unit: room
policy: open
licence: CC0-1.0
records: {label: Rooms}
date: {id: YEAR, label: Year, column: year, frequency: year}
fields:
  - {id: WARD, label: "Ward, or =part", column: ward, levels: [{id: WARDS, label: Ward, codes: wards.csv}]}
"""
N_WARDS = 2_500

# A second geography, with which the first may not stand in a table.
OFFICE = """\
  - id: OFFICE
    label: Office
    kind: geography
    column: town
    levels: [{id: C_OFFICE, label: Office, codes: {N1: Near, N2: Far, N3: Third, S1: South, S2: Last}}]
"""


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """``clubs``, protected, with fees: release 1 of two months, release 2 of three; ``rooms``, open, of many wards."""
    folder = tmp_path_factory.mktemp("native")
    made = tables.open_home(folder / "home")
    definition = write_definition(folder, more=FEES)
    definition.write_text(definition.read_text().replace("  - id: SEX\n", f"{OFFICE}  - id: SEX\n"))
    for months in (("202501", "202502"), ("202501", "202502", "202503")):
        records = write_records(folder / "records.csv", months=months, n=260, fees=True)
        tables.publish(home=made, definition=definition, records=[records])
    (folder / "rooms.yaml").write_text(ROOMS)
    wards = "".join(f"W{n},Ward {n}\n" for n in range(N_WARDS))
    (folder / "wards.csv").write_text(f"code,label\n{wards}")
    rows = "".join(f"2025,W{n % 50}\n" for n in range(200))
    (folder / "rooms.csv").write_text(f"year,ward\n{rows}")
    tables.publish(home=made, definition=folder / "rooms.yaml", records=[folder / "rooms.csv"])
    return made


@pytest.fixture
def site(client, home, settings, db):
    """Django's test client on the site that serves ``home``."""
    settings.STATLAS = replace(settings.STATLAS, home=home.path)
    return client


@pytest.fixture
def get(site):
    """``get("/tables", rows="AREA")``: the answer in JSON, which must be there."""

    def got(path, status=200, **parameters):
        response = site.get(f"/api/v1{path}", parameters)
        assert response.status_code == status, response.getvalue()
        return json.loads(response.getvalue())

    return got


@pytest.fixture
def post(site):
    """``post("/tables", {...})``: the answer in JSON."""

    def posted(path, body, status=200, **headers):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        response = site.post(f"/api/v1{path}", content, content_type="application/json", headers=headers)
        assert response.status_code == status, response.getvalue()
        return json.loads(response.getvalue())

    return posted


@pytest.fixture(scope="session")
def is_problem():
    """Whether a response is a problem with a page of its own."""

    def judged(client, response, status, code):
        assert response.status_code == status, response.getvalue()
        assert response["Content-Type"] == "application/problem+json"
        assert response["Cache-Control"] == "no-store"
        problem = response.json()
        assert problem["type"] == f"http://testserver/errors/{code}"
        assert (problem["status"], problem["code"]) == (status, code)
        assert problem["detail"]
        assert problem["mend"]
        assert client.get(f"/errors/{code}").status_code == 200
        return problem

    return judged
