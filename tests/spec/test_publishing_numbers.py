"""Publishing policies, bands, weights and units of several kinds: what a release keeps and what it refuses."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from statlas import records
from statlas.errors import DefinitionError, RecordsError
from statlas.model.database import Database
from statlas.model.query import Dimension, Query
from statlas.service import tables

TOP = """\
statlas: 1
id: {id}
label: Made-up people
unit: person
synthetic: true
family: town
policy: {policy}
records: {records}
date: {{column: month}}
fields:
  - {{id: SEX, label: Sex, column: sex, codes: {{F: Female, M: Male}}}}
"""
POLICY = """\
statlas_policy: 1
name: house
version: {version}
preset: standard
threshold: {threshold}
"""


class Publisher:
    """Somebody with a folder of definitions and records, and a home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = tables.open_home(folder / "home")

    def definition(self, more: str = "", **top: str) -> Path:
        """A definition with more at its end."""
        given = {"id": "people", "policy": "standard", "records": "{table: PEOPLE, label: People, unit_id: person}"}
        path = self.folder / f"{top.get('id', 'people')}.yaml"
        path.write_text(TOP.format(**(given | top)) + more, encoding="utf-8")
        return path

    def rows(self, rows: Iterable[Mapping[str, Any]], name: str = "records.csv") -> Path:
        """A file of rows, each of January 2025 and of women unless it says otherwise."""
        path = self.folder / name
        full = [{"month": "202501", "sex": "F"} | dict(row) for row in rows]
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(full[0]))
            writer.writeheader()
            writer.writerows(full)
        return path

    def publish(self, definition: Path, *files: Path) -> tables.PublishReport:
        """``statlas publish``."""
        return tables.publish(home=self.home, definition=definition, records=list(files))

    def database(self, database_id: str = "people") -> Database:
        """The database as it answers."""
        return tables.database(home=self.home, database_id=database_id)

    def keys(self, database_id: str, period: int = -1) -> list[int]:
        """The record keys of a period."""
        manifest = self.home.current(database_id)
        path = self.home.path_of(manifest.records[period])
        return sorted(records.open_period(path, self.database(database_id)).keys.tolist())


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    """A publisher whose home is not made yet."""
    return Publisher(tmp_path)


def people(n: int, **columns: Any) -> list[dict[str, Any]]:
    """Rows of people, numbered; a column is a function of the number."""
    return [{"person": f"P{i}"} | {name: make(i) for name, make in columns.items()} for i in range(n)]


# --- policies --------------------------------------------------------------------------------------------------------


def test_a_release_keeps_its_policy(publisher: Publisher) -> None:
    """The file is kept to the byte, what it says stands in the database, and the manifest has its name."""
    (publisher.folder / "house.yaml").write_text(POLICY.format(version=1, threshold=7))
    publisher.publish(publisher.definition(policy="house.yaml"), publisher.rows(people(20)))
    manifest = publisher.home.current("people")
    assert publisher.home.read_file(manifest, "definition/house.yaml").decode() == POLICY.format(version=1, threshold=7)
    assert manifest.policy == "house"
    assert publisher.database().protection.threshold == 7
    assert tables.policy_of(publisher.database()).threshold == 7


def test_a_changed_policy_is_a_new_release_with_a_new_version(publisher: Publisher) -> None:
    """Without a higher version it is refused; with one the records stay and the next release prints by it."""
    policy = publisher.folder / "house.yaml"
    policy.write_text(POLICY.format(version=1, threshold=5))
    definition = publisher.definition(policy="house.yaml")
    file = publisher.rows([{"person": f"P{i}", "sex": "F" if i < 20 else "M"} for i in range(60)])
    publisher.publish(definition, file)
    policy.write_text(POLICY.format(version=1, threshold=40))
    with pytest.raises(DefinitionError, match="changed without saying so") as caught:
        publisher.publish(definition)
    assert [(f.code, f.file, f.path) for f in caught.value.faults] == [("policy-version", "house.yaml", "version")]
    policy.write_text(POLICY.format(version=2, threshold=40))
    assert publisher.publish(definition).manifest.release == "2"
    query = Query("people", dimensions=(Dimension("SEX"),))
    before = tables.table(home=publisher.home, query=Query(**{**vars(query), "release": "1"}), door="test").measures[0]
    after = tables.table(home=publisher.home, query=query, door="test").measures[0]
    assert (before.status == 0).all()
    assert (after.status != 0).any()


def test_words_of_a_policy_may_change_without_a_version(publisher: Publisher) -> None:
    """A comment is no change of the policy."""
    policy = publisher.folder / "house.yaml"
    policy.write_text(POLICY.format(version=1, threshold=5))
    publisher.publish(publisher.definition(policy="house.yaml"), publisher.rows(people(20)))
    policy.write_text("# Reviewed in May.\n" + POLICY.format(version=1, threshold=5))
    assert publisher.publish(publisher.definition(policy="house.yaml")).manifest.release == "2"


# --- bands -----------------------------------------------------------------------------------------------------------

MEASURE = "measures:\n  - {{id: PAY, label: Pay, column: pay, unit: GBP, precision: {p}, statistics: [{s}]{more}}}\n"


def measure(statistics: str, more: str = "", precision: int = 2) -> str:
    """A measure of the definition."""
    return MEASURE.format(s=statistics, more=more, p=precision)


def paid(n: int, month: str = "202501", times: int = 1) -> list[dict[str, Any]]:
    """People paid from a pound upwards."""
    return [row | {"month": month} for row in people(n, pay=lambda i: f"{times * (100 + i % 997)}.{i % 100:02d}")]


def test_bands_are_chosen_once_and_kept(publisher: Publisher) -> None:
    """They stand in the release, and a later release with other amounts has the same."""
    definition = publisher.definition(measure("MEDIAN, P10"))
    publisher.publish(definition, publisher.rows(paid(4_000)))
    edges = publisher.database().measure("PAY").edges
    assert len(edges) >= 3
    assert all(edge % 100 == 0 for edge in edges), "whole pounds"
    kept = json.loads(publisher.home.read_file(publisher.home.current("people"), "database.json"))
    assert kept["measures"][0][8] == list(edges)
    publisher.publish(definition, publisher.rows(paid(4_000, "202502", times=50)))
    assert publisher.database().measure("PAY").edges == edges
    assert not publisher.publish(definition).is_new


def test_bands_of_the_definition_win(publisher: Publisher) -> None:
    """What a publisher chooses is never replaced."""
    publisher.publish(publisher.definition(measure("MEDIAN", ", bands: [0, 500, 1000]")), publisher.rows(paid(4_000)))
    assert publisher.database().measure("PAY").edges == (0, 50_000, 100_000)


@pytest.mark.parametrize(
    ("statistics", "policy", "n"),
    [("SUM, MEAN", "standard", 4_000), ("MEDIAN", "open", 4_000), ("MEDIAN", "standard", 1_999)],
)
def test_no_bands_are_chosen_where_none_are_needed_or_can_be(
    publisher: Publisher, statistics: str, policy: str, n: int
) -> None:
    """Sums need none, open data is exact, and few records would show through."""
    publisher.publish(publisher.definition(measure(statistics), policy=policy), publisher.rows(paid(n)))
    assert publisher.database().measure("PAY").edges == ()


def test_another_precision_needs_other_bands(publisher: Publisher) -> None:
    """Bounds in pence mean nothing in pounds."""
    publisher.publish(publisher.definition(measure("MEDIAN")), publisher.rows(paid(4_000)))
    pence = publisher.database().measure("PAY").edges
    pounds = [row | {"pay": row["pay"].partition(".")[0]} for row in paid(4_000)]
    publisher.publish(publisher.definition(measure("MEDIAN", precision=0)), publisher.rows(pounds))
    edges = publisher.database().measure("PAY").edges
    assert (edges[0], edges[-1]) == (pence[0] // 100, pence[-1] // 100)


# --- units -----------------------------------------------------------------------------------------------------------


def test_first_claims_and_single_households_have_the_keys_of_their_people(publisher: Publisher) -> None:
    """Three databases of one family: whoever has one claim, or lives alone, is the same unit in each."""
    publisher.publish(publisher.definition(), publisher.rows(people(30)))
    claims = [{"person": f"P{i}", "n": 1} for i in range(30)] + [{"person": f"P{i}", "n": 2} for i in range(10)]
    table = "{table: CLAIMS, label: Claims, claim: {person: person, number: n, benefit: HB}}"
    publisher.publish(publisher.definition(id="claims", records=table), publisher.rows(claims))
    homes = [{"home": f"H{i}", "who": f"P{i}"} for i in range(20)] + [{"home": "H99", "who": "P20 P21"}]
    table = "{table: HOMES, label: Households, unit_id: home, members: who}"
    publisher.publish(publisher.definition(id="homes", records=table), publisher.rows(homes))
    persons, claimed, households = (set(publisher.keys(name)) for name in ("people", "claims", "homes"))
    assert persons < claimed
    assert len(claimed) == 40
    assert len(persons & households) == 20
    [pair] = households - persons
    assert any(pair == (one + other) % 2**32 for one in persons for other in persons if one != other)


def test_counts_of_first_claims_and_of_people_print_alike(publisher: Publisher) -> None:
    """Equal sets of units have equal noise, whichever record table they are counted in."""
    rows = [{"person": f"P{i}", "sex": "FM"[i % 3 == 0], "n": 1} for i in range(200)]
    publisher.publish(publisher.definition(), publisher.rows(rows))
    table = "{table: CLAIMS, label: Claims, unit_id: person, claim: {person: person, number: n, benefit: HB}}"
    publisher.publish(publisher.definition(id="claims", records=table), publisher.rows(rows))
    printed = [
        tables.table(home=publisher.home, query=Query(name, dimensions=(Dimension("SEX"),)), door="test").measures[0]
        for name in ("people", "claims")
    ]
    assert printed[0].values.tolist() == printed[1].values.tolist()


# --- weights ---------------------------------------------------------------------------------------------------------


def test_weights_are_published_with_the_records(publisher: Publisher) -> None:
    """A release of a survey has the weight and each replicate in every record file."""
    weight = "weight: {column: w, label: Weighted people, replicates: [r1, r2], scale: 0.5}\n"
    rows = people(30, w=lambda i: 1 + i / 7, r1=lambda i: i % 2 * 2, r2=lambda i: 2 - i % 2 * 2)
    publisher.publish(publisher.definition(weight), publisher.rows(rows))
    manifest = publisher.home.current("people")
    opened = records.open_period(publisher.home.path_of(manifest.records[0]), publisher.database())
    assert [int(column.sum()) for column in opened.weights()] == [
        sum(round(10**4 * (1 + i / 7)) for i in range(30)),
        300_000,
        300_000,
    ]


def test_a_definition_cannot_begin_to_weigh_kept_records(publisher: Publisher) -> None:
    """The records of every period have to be given with their weights."""
    publisher.publish(publisher.definition(), publisher.rows(people(20, w=lambda i: i)))
    with pytest.raises(RecordsError) as caught:
        publisher.publish(publisher.definition("weight: {column: w, label: Weighted people}\n"))
    assert [(fault.code, fault.path) for fault in caught.value.faults] == [("republish", "weight")]
