"""Reports on a draft are made of printed tables alone: neither a count nor a record reaches them by another way."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from homes import FEES, write_definition, write_records

from statlas.errors import DisclosureRefused, QueryError
from statlas.model.cells import CellStatus
from statlas.model.cube import Cube
from statlas.model.finding import to_json
from statlas.model.query_data import query_data
from statlas.service import tables
from statlas.service.tables import cube_codec, release_tables, reporting
from statlas.service.tables.counting import NOISE_BYTES, NOISE_SECRET

N = 20_000
LEAST = 1_000
"""True counts looked for: smaller numbers stand in any text for other reasons."""
YEARS = {2024, 2025}
MONTHS = tuple(f"2024{month:02d}" for month in range(1, 13))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> tables.Home:
    """Twelve months, of which a second release revises the last with half the members and adds one."""
    folder = tmp_path_factory.mktemp("clubs")
    home = tables.open_home(folder / "home")
    definition = write_definition(folder, more=FEES)
    first = write_records(folder / "a.csv", months=MONTHS, n=N, fees=True)
    tables.publish(home=home, definition=definition, records=[first])
    second = write_records(folder / "b.csv", months=("202412", "202501"), n=N // 2, seed=2, fees=True)
    tables.publish(home=home, definition=definition, records=[second])
    return home


def made(home: tables.Home) -> str:
    """The reports on the second release, as JSON."""
    found = reporting.reports(
        home=home,
        previous=home.manifest("clubs", "1"),
        database=tables.database(home=home, database_id="clubs"),
        manifest=home.manifest("clubs", "2"),
        noise_key=home.secret(NOISE_SECRET, NOISE_BYTES),
    )
    assert {f.check for f in found.findings} >= {"total-changed"}
    return to_json(found)


def true_counts(path: Path) -> Counter[str]:
    """The true count of every cell by month, town, sex and age band, and of all their sums."""
    counts: Counter[str] = Counter()
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            age = int(row["age"])
            band = str(1 + (age >= 25) + (age >= 50) + (age >= 75))
            places = ("", row["town"][0], row["town"])
            counts.update("|".join(key) for key in product([row["month"]], places, ("", row["sex"]), ("", band)))
    return counts


def numbers_in(text: str) -> set[int]:
    """Every whole number in a text, with or without thousands separators; no part of an id."""
    text = re.sub(r"\b(?=\d*[a-f])[0-9a-f]{12,}\b|\b[0-9]{16}\b", "", text)
    return {int(found.replace(",", "")) for found in re.findall(r"\d{1,3}(?:,\d{3})+(?!\d)|\d+", text)}


def test_reports_are_remade_from_printed_tables(home: tables.Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every report is the same, byte for byte, where only tables as they are printed are read."""
    printed: dict[str, bytes | DisclosureRefused | QueryError] = {}
    asked = release_tables.count

    def key(manifest: object, query: object) -> str:
        return json.dumps([manifest.release, query_data(query)])  # type: ignore[attr-defined,arg-type]

    def recording(**facts: object) -> Cube:
        try:
            cube = asked(**facts)  # type: ignore[arg-type]
        except (DisclosureRefused, QueryError) as refusal:
            printed[key(facts["manifest"], facts["query"])] = refusal
            raise
        printed[key(facts["manifest"], facts["query"])] = cube_codec.dumps(_hiding(cube))
        return cube

    def remembered(**facts: object) -> Cube:
        found = printed[key(facts["manifest"], facts["query"])]
        if isinstance(found, bytes):
            return cube_codec.loads(found)
        raise found

    monkeypatch.setattr(release_tables, "count", recording)
    first = made(home)
    assert len(printed) > 20
    monkeypatch.setattr(release_tables, "count", remembered)
    monkeypatch.setattr("statlas.records.open_period", _no_records)
    assert made(home) == first


def _hiding(cube: Cube) -> Cube:
    """The cube with 13 wherever no number is printed: what stands there is nobody's business."""
    measures = []
    for measure in cube.measures:
        values = measure.values.copy()
        values[measure.status != CellStatus.SHOWN] = 0 if measure.status.size == 0 else 13
        measures.append(replace(measure, values=values))
    return replace(cube, measures=tuple(measures))


def _no_records(*_args: object) -> None:
    raise AssertionError("a report opened records")


def test_no_true_count_stands_in_a_report(home: tables.Home) -> None:
    """Of 20,000 members no true count that is not printed as well stands anywhere in the JSON."""
    text = made(home)
    counts = {n for name in ("a.csv", "b.csv") for n in true_counts(home.path.parent / name).values()}
    printed: set[int] = set()
    for release in ("1", "2"):
        database = tables.database(home=home, database_id="clubs", release=release)
        shown = release_tables.ReleaseTables.of_release(
            home, home.manifest("clubs", release), home.secret(NOISE_SECRET, NOISE_BYTES)
        )
        for fields in (
            (),
            ("AREA",),
            ("SEX",),
            ("AGE_BAND",),
            ("AREA", "SEX"),
            ("AREA", "AGE_BAND"),
            ("SEX", "AGE_BAND"),
        ):
            nodes = tuple((name, database.field(name).classification.nodes) for name in fields)
            series = shown.series(shown.manifest.periods, nodes)
            assert series is not None
            printed |= {int(value) for value in series.values[series.status == CellStatus.SHOWN]}
    secret = {n for n in counts if n >= LEAST} - printed - YEARS
    assert len(secret) > 20
    assert not secret & numbers_in(text)
    assert "synthetic-0" not in text


def test_the_reports_reach_no_records() -> None:
    """No module of the reports names the rooms where raw numbers are."""
    folder = Path(reporting.__file__).parent
    modules = [folder / f"{name}.py" for name in ("reporting", "risk", "risk_policy", "risk_comparing")]
    modules += [folder / "release_changes.py", folder / "release_tables.py", *(folder / "screening").glob("*.py")]
    assert len(modules) > 15
    for module in modules:
        text = module.read_text(encoding="utf-8")
        assert not re.search(r"statlas\.(engine|records)\b|from statlas import records|\.rows\b", text), module.name
