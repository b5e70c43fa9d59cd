"""The definition of Housing Benefit has Stat-Xplore's ids, and answers to its saved queries."""

import gzip
import json
import re

LEFT_OUT = {"NUTS_CODE", "TTWA_CODE", "LAU1_CODE"}
"""Fields of Stat-Xplore that the demonstration has not: areas of Eurostat and of travel to work, for which it has no
look-up."""

NEWER = {"PCON24", "SATA"}
"""Fields that Stat-Xplore had in 2025 and the catalogue of 2023 has not."""


def catalogue_entry(shared):
    """Stat-Xplore's entry of hb_new."""
    with gzip.open(shared / "samples/schema/statxplore_catalogue_2023.jsonl.gz", "rt", encoding="utf-8") as lines:
        return next(e for e in map(json.loads, lines) if e["database"] == "str:database:hb_new")


def test_the_database_is_stat_xplores(shared, hb_database):
    """Id, label, folder and measures are the real ones."""
    entry = catalogue_entry(shared)
    assert (hb_database.label, hb_database.folder) == (entry["label"], (entry["folder"],))
    table = hb_database.records
    ours = {f"str:count:hb_new:{table.id}": table.label}
    ours |= {f"str:measure:hb_new:{m.table}:{m.id}": m.label for m in hb_database.measures}
    assert ours == dict(entry["measures"])


def test_the_fields_are_stat_xplores(shared, hb_database):
    """Every field has its real id and label; what is missing and what is newer is listed here, and nothing else is."""
    real = dict(catalogue_entry(shared)["fields"])
    ours = {f"str:field:hb_new:{f.table}:{f.id}": f.label for f in hb_database.fields}
    assert {uri: label for uri, label in ours.items() if uri in real}.items() <= real.items()
    assert {uri.rsplit(":", 1)[1] for uri in set(real) - set(ours)} == LEFT_OUT
    assert {uri.rsplit(":", 1)[1] for uri in set(ours) - set(real)} == NEWER


def test_the_first_month_and_its_label_are_stat_xplores(shared, hb_database):
    """Months are written as Stat-Xplore writes them, from the first one it has."""
    assert hb_database.calendar.code("201804").label == catalogue_entry(shared)["first_period"]


def test_every_value_of_a_saved_query_is_there(shared, hb_database):
    """Each field, valueset and code that a real saved query names exists."""
    periods = tuple(f"{y}{m:02d}" for y in range(2018, 2026) for m in range(1, 13))[3:]
    database = hb_database.with_periods(periods)
    found = 0
    for folder in ("data/dwp_statxplore/queries", "samples/query"):
        for path in sorted((shared / folder).glob("*.json")):
            for table, field_id, valueset, code in re.findall(
                r"str:value:hb_new:(\w+):(\w+):(\w+):(\w+)", path.read_text(encoding="utf-8")
            ):
                field = database.field(field_id)
                assert field.table == table
                assert code in field.classification[valueset], (path.name, field_id, valueset, code)
                found += 1
    assert found > 400


def test_the_valuesets_that_the_reference_saw_are_there(hb_database):
    """Value sets seen in real answers have their ids and codes."""
    seen = {"AGE_BAND": ("V_C_AGE_BAND_2", 9), "TENURE_PUB": ("C_HOUSING_SECTOR", 3), "PENWORK": ("C_PENWORK", 2)}
    seen |= {"SATA": ("C_SATA", 4)}
    for field, (valueset, n_codes) in seen.items():
        assert len(hb_database.field(field).classification[valueset]) == n_codes


def test_it_says_that_it_is_synthetic(hb_database):
    """The database, its first note and its source say that nobody is in it."""
    assert hb_database.synthetic
    assert "synthetic" in hb_database.annotations[0].text
    assert "drawn at random" in hb_database.source.lower()


def test_invented_areas_say_so(hb_database):
    """Every area below an authority says in its label that it is invented, and has a code like no real one."""
    areas = hb_database.field("COA_CODE").classification["V_C_MASTERGEOG11_MSOA_TO_LA"]
    invented = [code for code in areas if not code.id.startswith(("ZZ", "XX"))]
    assert len(invented) > 6_000
    assert all(re.fullmatch(r"X02\d{6}", code.id) and code.label.endswith("(invented)") for code in invented)


def test_there_are_ready_made_tables(hb_database):
    """There are tables, charts and maps to begin with."""
    assert {table.view for table in hb_database.tables} == {"table", "chart", "map"}
