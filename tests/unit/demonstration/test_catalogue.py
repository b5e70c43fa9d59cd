"""The databases of the demonstration are Stat-Xplore's: ids, labels, folders, fields, measures, values.

Whoever adds a database lists here what it has not, and what is newer than the catalogue of 2023.
"""

import gzip
import json
import re
from collections import defaultdict
from functools import cache

import pytest

from statlas import definitions
from statlas.demonstration.made import DATABASES, SCALES, definition_of
from statlas.demonstration.recipe import read_recipe

OURS = {"fit_notes"}
"""Databases that Stat-Xplore has not."""

LEFT_OUT = {
    "hb_new": {"NUTS_CODE", "TTWA_CODE", "LAU1_CODE"},
    "UC_Monthly": {"POSTCODE_DISTRICT"},
    "UC_Households": {"POSTCODE_DISTRICT", "brma_code"},
    "UC_Starts": {"POSTCODE_DISTRICT"},
    "hb_flows": {"NUTS_CODE", "TTWA_CODE", "LAU1_CODE"},
    "CILIF_REL": {"WARD_CODE"},
    "CILIF_ABS": {"WARD_CODE"},
}
"""Fields that the demonstration has not: areas of Eurostat, of travel to work, of post and of rents have no look-up,
and wards of the whole United Kingdom are not invented.
"""

NEWER = {
    "hb_new": {"PCON24", "SATA"},
    "UC_Households": {"PCON24"},
    "WP_Referrals": {"JO_WITHIN"},
}
"""Fields that Stat-Xplore has had since and the catalogue of 2023 has not; JO_WITHIN is ours."""

MISREAD = {"hb_flows": "201804 (Apr-18)", "Ninos": "Mar-15"}
"""First periods where the catalogue names the codes of another field: hb_flows has months, Ninos quarters."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

pytestmark = pytest.mark.parametrize("database_id", [name for name in SCALES if name not in OURS])


@cache
def database(database_id):
    """A definition with the periods of its recipe."""
    found = definitions.read(definition_of(database_id))
    return found.with_periods(read_recipe(DATABASES / database_id).periods)


@pytest.fixture(scope="module")
def catalogue(shared):
    """Entries of Stat-Xplore's catalogue by id."""
    with gzip.open(shared / "samples/schema/statxplore_catalogue_2023.jsonl.gz", "rt", encoding="utf-8") as lines:
        return {entry["database"].removeprefix("str:database:"): entry for entry in map(json.loads, lines)}


def last(uris):
    """The last parts of ids."""
    return {uri.rsplit(":", 1)[1] for uri in uris}


def test_the_database_is_stat_xplores(catalogue, database_id):
    """Id, label, folder and measures are the real ones."""
    entry, ours = catalogue[database_id], database(database_id)
    assert (ours.label, ours.folder) == (entry["label"], (entry["folder"],))
    measures = {f"str:count:{database_id}:{ours.records.id}": ours.records.label}
    measures |= {f"str:measure:{database_id}:{m.table}:{m.id}": m.label for m in ours.measures}
    # The catalogue counts a date table as a measure here and there; we do not.
    assert measures == {uri: label for uri, label in entry["measures"] if ":count:" not in uri or uri in measures}


def test_the_fields_are_stat_xplores(catalogue, database_id):
    """Every field has its real id and label; what is missing and what is newer is listed above, and nothing else is."""
    real = dict(catalogue[database_id]["fields"])
    ours = {f"str:field:{database_id}:{f.table}:{f.id}": f.label for f in database(database_id).fields}
    assert {uri: label for uri, label in ours.items() if uri in real}.items() <= real.items()
    assert last(set(real) - set(ours)) == LEFT_OUT.get(database_id, set())
    assert last(set(ours) - set(real)) == NEWER.get(database_id, set())


def test_periods_are_written_as_stat_xplore_writes_them(catalogue, database_id):
    """The label of the first period of the catalogue is the one our calendar gives it."""
    first = MISREAD.get(database_id, catalogue[database_id]["first_period"])
    month = next((f"{n:02d}" for n, name in enumerate(MONTHS, start=1) if name in first), "")
    year = re.search(r"\d{4}", first) or re.search(r"\d{2}$", first)
    period = ("20" + year[0] if int(year[0]) < 50 else "19" + year[0]) if len(year[0]) == 2 else year[0]
    assert database(database_id).calendar.code(period + month).label == first


def test_it_says_that_it_is_synthetic(database_id):
    """The database and its first note say so."""
    ours = database(database_id)
    assert ours.synthetic
    assert "synthetic" in ours.annotations[0].text
    assert ours.annotations[0].where == ()


def test_there_are_ready_made_tables(database_id):
    """At least three, one of them by area or over time."""
    assert len(database(database_id).tables) >= 3


FORMER = {("UC_Households", "F_UC_DATE"), ("UC_Households", "HNFAMILY_TYPE")}
"""Ids of 2019 that Stat-Xplore has under others since."""


def test_every_value_that_was_ever_asked_for_is_there(shared, database_id):
    """Each field, valueset and code that a saved query or a captured answer names exists."""
    ours = database(database_id)
    missing = defaultdict(set)
    for text in texts(shared):
        for table, field_id, valueset, code in re.findall(rf"str:value:{database_id}:(\w+):(\w+):(\w+):(\w+)", text):
            if {(database_id, table), (database_id, field_id)} & FORMER:
                continue
            field = next((f for f in ours.fields if (f.table, f.id) == (table, field_id)), None)
            if field is None or valueset not in field.classification or code not in field.classification[valueset]:
                missing[table, field_id, valueset].add(code)
    assert not missing


@cache
def texts(shared):
    """Every query and answer captured."""
    folders = ("data/dwp_statxplore/queries", "data/dwp_statxplore/api_responses", "samples/query", "samples/table")
    paths = [path for folder in folders for path in sorted((shared / folder).iterdir())]
    return [(gzip.decompress(p.read_bytes()) if p.suffix == ".gz" else p.read_bytes()).decode("utf-8") for p in paths]
