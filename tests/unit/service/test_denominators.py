"""Residents and households of areas: from open databases, by code, by name where the code has changed, or none."""

import csv

import pytest

from statlas.service import tables
from statlas.service.tables.denominators import denominator

OPEN = """\
statlas: 1
id: households
label: Households counted
unit: row
policy: open
records: {table: V_ROWS, label: Rows}
date: {id: YEAR, label: Year, period: "2021", frequency: year}
fields:
  - id: PLACE
    label: Place
    kind: geography
    column: place
    levels:
      - {id: PLACES, label: Places, codes: {"E1": East, "E2": West, "E3": North}}
measures:
  - {id: N, label: Households, column: n, unit: households, precision: 0, statistics: [SUM]}
"""
ASKED = """\
statlas: 1
id: claims
label: Claims
unit: claim
policy: open
records: {table: V_CLAIMS, label: Claims}
date: {id: YEAR, label: Year, period: "2021", frequency: year}
fields:
  - id: PLACE
    label: Where
    kind: geography
    column: place
    levels:
      - {id: LAST, label: Places of now, codes: {"E1": East, "E2": West, "E9": North}}
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with households by place, and claims in places of which one has another code since."""
    folder = tmp_path_factory.mktemp("denominators")
    made = tables.open_home(folder / "home")
    for name, text, rows in (
        ("households", OPEN, [("E1", 100), ("E2", 200), ("E3", 300)]),
        ("claims", ASKED, [("E1", 1), ("E2", 1), ("E9", 1)]),
    ):
        (folder / f"{name}.yaml").write_text(text)
        with (folder / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([("place", "n"), *rows])
        tables.publish(home=made, definition=folder / f"{name}.yaml", records=[folder / f"{name}.csv"])
    return made


@pytest.fixture
def places(home):
    """The geography of the claims."""
    return tables.database(home=home, database_id="claims").field("PLACE")


def test_sizes_come_from_the_open_database_that_knows_the_areas(home, places):
    """Areas of the same code have its numbers; one with another code has those of the area of its name."""
    sizes, source = denominator(home=home, of="households", field=places, codes=["E1", "E2", "E9"])
    assert sizes == {"E1": 100.0, "E2": 200.0, "E9": 300.0}
    assert source == "Households counted"


def test_nobody_knows_the_residents(home, places):
    """No database counts persons and the geography names none: nothing is made up."""
    assert denominator(home=home, of="persons", field=places, codes=["E1"]) is None
