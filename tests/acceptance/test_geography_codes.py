"""Every place that real queries and answers of Stat-Xplore name is in the demonstration's lists."""

import csv
import gzip
import json
import re
from functools import cache

import pytest

from statlas import definitions
from statlas.demonstration.made import DATABASE_IDS, DATABASES

FOLDERS = ("samples/query", "samples/table", "data/dwp_statxplore/queries", "data/dwp_statxplore/api_responses")
LISTS = {
    "V_C_MASTERGEOG11_COUNTRY_TO_UK": "country_uk",
    "V_C_MASTERGEOG11_REGION_TO_COUNTRY": "region",
    "V_C_MASTERGEOG11_LA_TO_REGION": "authority",
    "V_C_MASTERGEOG11_LA_TO_UTLA_NI": "authority_uk_2021",
    "V_C_MASTERGEOG11_PARLC_TO_REGION": "constituency_2010",
    "V_C_MASTERGEOG21_LA_TO_REGION": "authority_2023",
    "V_C_MASTERGEOG21_PARLC24_TO_REGION": "constituency_2024",
}
"""The list of codes for each valueset of places that the samples name."""


def texts(shared):
    """Every sample as text."""
    for folder in FOLDERS:
        for path in sorted((shared / folder).iterdir()):
            yield gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text("utf-8")


def listed(name):
    """Label by code of one of the geography's lists."""
    with (DATABASES / "geography" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row["label"] for row in csv.DictReader(lines)}


@cache
def named(shared):
    """(database, field, valueset, code) of every place that a sample names."""
    pattern = r"str:value:(\w+):\w+:(\w+):(V_C_MASTERGEOG\w+):(\w+)"
    return {found for text in texts(shared) for found in re.findall(pattern, text)}


def test_every_code_is_in_the_list_for_its_valueset(shared):
    """Countries, regions, authorities and constituencies of any vintage are where the samples say they are."""
    found = named(shared)
    assert {valueset for _, _, valueset, _ in found} == set(LISTS)
    assert len(found) > 1_700
    for valueset, name in LISTS.items():
        codes = {code for _, _, level, code in found if level == valueset}
        assert codes <= set(listed(name)), (valueset, codes - set(listed(name)))


def test_databases_have_the_valuesets_that_samples_name(shared):
    """Where a database is in the demonstration, the field has the valueset and the valueset the code."""
    checked = 0
    wanted = {database for database, *_ in named(shared)} & {*DATABASE_IDS}
    databases = {name: definitions.read(DATABASES / f"{name}.yaml") for name in wanted}
    for database, field, valueset, code in named(shared):
        if database in databases:
            assert code in databases[database].field(field).classification[valueset], (database, field, code)
            checked += 1
    assert checked > 300


@pytest.mark.parametrize("what", ["local_authority", "constituency"])
def test_labels_are_stat_xplores(shared, what):
    """Places are called what Stat-Xplore calls them."""
    path = shared / f"data/dwp_statxplore/api_responses/uc_households_by_{what}_may2025.json.gz"
    field = json.loads(gzip.decompress(path.read_bytes()))["fields"][1]
    name = LISTS[field["uri"].rsplit(":", 1)[1]]
    ours = listed(name)
    for item in field["items"]:
        code = item["uris"][0].rsplit(":", 1)[1]
        assert ours[code] == item["labels"][0], code
