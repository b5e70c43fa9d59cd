"""A full run, and then a search through everything it wrote, said, answered or kept, for a true count or a key.

The records are made so that true counts are numbers above 5,000 that nothing else prints.
What may hold them is confidential by its place: the encoded records and the manifest of a release.
"""

from __future__ import annotations

import csv
import io
import json
import logging
import re
import traceback
from collections import Counter
from dataclasses import replace
from itertools import product
from pathlib import Path

import django
import numpy as np
import pyarrow as pa
import pytest
from homes import write_definition, write_records
from typer.testing import CliRunner

import statlas
from statlas.cli import app
from statlas.engine.cuboids import choosing
from statlas.errors import StatlasError
from statlas.service import tables
from statlas.service.tables import cube_codec
from statlas.service.tables.table import _answers
from statlas.store.answers import SEAL_BYTES

django.setup()

from statlas.service.office import keys  # noqa: E402 - models are loaded after the set-up

N = 120_000
LEAST = 5_000
"""True counts looked for: smaller numbers stand in any text for other reasons."""
LEAST_KEY = 10**8
"""Likewise of keys: nearly all of 32 bits have nine or ten figures."""
MONTH = "202501"
BODY = {
    "database": "str:database:clubs",
    "dimensions": [
        ["str:field:clubs:MEMBERS:AREA"],
        ["str:field:clubs:MEMBERS:SEX"],
        ["str:field:clubs:MEMBERS:AGE_BAND"],
    ],
    "recodes": {"str:field:clubs:MEMBERS:AREA": {"total": True}, "str:field:clubs:MEMBERS:SEX": {"total": True}},
}


@pytest.fixture
def said():
    """Every log line of every logger, at the lowest level, with the tracebacks it carries.

    The compiler's own are left out: where nothing is compiled yet it tells of the code, before any record is read, in
    thousands of addresses.
    """
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(lambda record: not record.name.startswith("numba."))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def true_counts(path: Path) -> Counter:
    """The true count of every official cell of the month, by looking at the rows."""
    band = lambda age: "1" if age < 25 else "2" if age < 50 else "3" if age < 75 else "4"  # noqa: E731
    counts: Counter = Counter()
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["month"] == MONTH:
                places = ("", row["town"][0], row["town"])
                counts.update(product(places, ("", row["sex"]), ("", band(int(row["age"])))))
    return counts


def numbers_in(text: str) -> set[int]:
    """Every whole number that stands in a text, with or without thousands separators; no part of a digest."""
    text = re.sub(r"\b0x[0-9a-f]+|\b(?=\d*[a-f])[0-9a-f]{12,}\b", "", text)
    return {int(found.replace(",", "")) for found in re.findall(r"\d{1,3}(?:,\d{3})+(?!\d)|\d+", text)}


def everything_asked(client, key: str, home: tables.Home, folder: Path) -> list[str]:
    """What each door answers, good questions and bad ones."""
    heard = []
    for rows, columns in (("AREA@TOWN", "SEX"), ("AREA@COUNTY", "AGE_BAND"), ("SEX", "AGE_BAND")):
        cube = statlas.open(home.path)["clubs"].table(rows=rows, columns=columns, periods="all")
        heard += [repr(cube), cube._repr_html_(), str(cube.to_pandas().to_csv())]
    heard += [told(lambda: statlas.open(home.path)["clubs"].table(rows="NOWHERE"))]
    query = folder / "query.json"
    query.write_text(json.dumps(BODY))
    for form in ("csv", "json", "text"):
        done = CliRunner().invoke(app, ["table", str(query), "--home", str(home.path), "--format", form])
        assert done.exit_code == 0
        heard.append(done.output)
    for path in (
        "/",
        "/catalogue",
        "/databases/clubs",
        "/databases/clubs/table",
        "/databases/clubs/table.csv",
        "/no",
        "/healthz",
    ):
        response = client.get(path, {"rows": "AREA@TOWN", "columns": "SEX"})
        heard.append(said_by(response))
    for body in (BODY, {**BODY, "dimensions": [["str:field:clubs:MEMBERS:NO"]]}, {}, None):
        response = client.post(
            "/webapi/rest/v1/table", json.dumps(body), content_type="application/json", headers={"APIKey": key}
        )
        heard.append(said_by(response))
    return [*heard, *native_answers(client)]


NATIVE = {
    "database": "clubs",
    "rows": [{"field": "AREA", "total": True}, {"field": "SEX", "total": True}],
    "columns": ["AGE_BAND"],
}


def native_answers(client) -> list[str]:
    """What the native API says; an interval around a printed number is left out, as it may end at any number."""
    heard = [said_by(client.get(f"/api/v1{path}")) for path in ("/", "/databases", "/databases/clubs", "/databases/no")]
    for path in ("/tables.csv", "/tables.json", "/tables/plan", "/tables/cells"):
        for body in (NATIVE, {**NATIVE, "rows": ["AREA", "NO"]}, {}, None):
            response = client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json")
            heard.append(said_by(response))
    return heard


def said_by(response) -> str:
    """Headers and body of an answer; its length is a number of bytes."""
    headers = {name: value for name, value in response.headers.items() if name != "Content-Length"}
    return f"{headers}{response.getvalue().decode()}"


def told(action) -> str:
    """What an error says, with all it carries."""
    with pytest.raises(StatlasError) as caught:
        action()
    error = caught.value
    return "".join(traceback.format_exception(error)) + repr(error.as_problem()) + str(getattr(error, "faults", ""))


def broken(path: Path, good: Path) -> Path:
    """The records with three kinds of fault in some rows."""
    lines = good.read_text(encoding="utf-8").splitlines()
    lines[7] = lines[7].replace(",1,", ",9,").replace(",2,", ",9,")
    lines[9] = lines[10]
    lines[20] = "synthetic-99999,2025-99,N1,1,abc"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.django_db
def test_a_full_run_leaves_no_true_count_and_no_key_anywhere(tmp_path, said, client, settings, monkeypatch):
    """Publishing, asking at every door, and failing at each: logs, errors, answers and the answer cache are clean."""
    monkeypatch.setattr(choosing, "FIXED_ROWS", 0)  # so few records would have no cuboids
    home = tables.open_home(tmp_path / "home")
    definition = write_definition(tmp_path)
    records = write_records(tmp_path / "r.csv", n=N, months=(MONTH, "202502"))
    tables.publish(home=home, definition=definition, records=[records])
    wrong = broken(tmp_path / "wrong.csv", records)
    faults = told(lambda: tables.publish(home=home, definition=definition, records=[wrong]))
    settings.STATLAS = replace(settings.STATLAS, home=home.path)
    heard = [faults, *everything_asked(client, keys.create(name="a program"), home, tmp_path), said.getvalue()]
    heard += [p.read_text(encoding="utf-8") for p in (home.path / "logs").iterdir()]

    on_disk = [path.read_bytes()[SEAL_BYTES:] for path in (home.path / "cache").rglob("*.answer")]
    kept = [cube_codec.loads(data) for data in on_disk if data.startswith(b"{")]
    assert kept
    heard += [data.partition(b"\n")[0].decode() for data in on_disk]
    cubes = [*_answers, *kept]
    printed = {int(v) for cube in cubes for m in cube.measures for v in m.values[m.status == 0].reshape(-1)}
    assert list((home.path / "databases" / "clubs" / "cuboids").iterdir())
    secret_counts = {n for n in true_counts(records).values() if n >= LEAST} - printed
    assert len(secret_counts) > 20
    assert cubes
    for cube in cubes:
        for measure in cube.measures:
            assert not secret_counts & set(measure.values.reshape(-1).tolist())
    all_keys = record_keys(home)
    for text in heard:
        numbers = numbers_in(text)
        hit = secret_counts & numbers
        assert not hit
        assert not all_keys & numbers
        assert "synthetic-0" not in text
        assert "99999" not in text


def record_keys(home: tables.Home) -> set[int]:
    """Keys of all records, and the sum that the whole table's cell key would be."""
    found: set[int] = set()
    for file in (home.path / "databases").rglob("*.arrow"):
        with pa.memory_map(str(file)) as source:
            column = pa.ipc.open_file(source).read_all().column("record_key").to_numpy()
        found |= {int(k) for k in column if k >= LEAST_KEY} | {int(column.sum(dtype=np.uint64) % 2**32)}
    return found
