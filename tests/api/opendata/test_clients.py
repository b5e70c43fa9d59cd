"""Programs written for Stat-Xplore, as they come from the package index, against a live site."""

import json
import logging
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from urllib.request import Request, urlopen

import pytest
from statxplore.__main__ import generate_rows, main
from statxplore.http_session import StatSession
from statxplore.objects import Schema, Table

COUNT = "str:count:hb_new:V_F_HB_NEW"
DATE = "str:field:hb_new:F_HB_NEW_DATE:NEW_DATE_NAME"
TENURE = "str:field:hb_new:V_F_HB_NEW:TENURE_PUB"
QUERY = {
    "database": "str:database:hb_new",
    "measures": [COUNT],
    "recodes": {TENURE: {"total": True}},
    "dimensions": [[DATE], [TENURE]],
}


@pytest.fixture
def session(address, live_key, monkeypatch):
    """A session of the PyPI package ``statxplore``: its address set, nothing else touched."""
    monkeypatch.setattr(StatSession, "BASE_URL", address)
    with StatSession(live_key) as opened:
        yield opened


def test_statxplore_asks_a_table_and_makes_rows_of_it(session):
    """It sends recodes and reads values, precision and labels: three months by three tenures and their total."""
    rows = [*generate_rows(Table.query(session, **QUERY))]
    assert len(rows) == 12
    assert list(rows[0]) == ["Month", "Private or Social Rented", "Housing Benefit Claimants"]
    assert [row["Private or Social Rented"] for row in rows[:4]] == ["Social", "Private", "Unknown", "Total"]
    assert all(isinstance(row["Housing Benefit Claimants"], int) for row in rows)


def test_statxplore_sends_null_for_no_recodes(session):
    """``recodes: null`` is what it always sends when there are none."""
    answer = Table.query(session, measures=[], dimensions=[], database="str:database:hb_new")
    assert [field["label"] for field in answer["fields"]] == ["Month"]


def test_statxplore_walks_the_schema(session):
    """It takes a Link header for a reason to give up: there is none on these."""
    assert Schema.list(session)["type"] == "FOLDER"
    assert Schema("str:database:hb_new").get(session)["type"] == "DATABASE"
    assert Schema(TENURE).get(session)["children"][0]["type"] == "VALUESET"
    assert session.info["languages"]
    assert list(session.rate_limit) == ["remaining", "reset", "limit"]


def test_statxplore_gives_up_where_a_page_follows(session):
    """As it does at Stat-Xplore, for a level of more than a hundred values."""
    with pytest.raises(RuntimeError, match="Paginated response"):
        Schema("str:valueset:hb_new:V_F_HB_NEW:COA_CODE:V_LA").get(session)


def test_statxplore_tells_of_an_error(session, caplog):
    """It logs the body of a refusal, which says what was wrong."""
    with pytest.raises(OSError, match="400 Client Error"):
        Table.query(session, **QUERY | {"dimensions": [["str:field:hb_new:V_F_HB_NEW:SEX"]]})
    assert "Could not find the requested component" in caplog.text


def test_the_command_of_statxplore_writes_a_csv(session, live_key, tmp_path, monkeypatch):
    """``python -m statxplore`` with a saved query and a file of the key: a row a cell, without names."""
    (tmp_path / "query.json").write_text(json.dumps(QUERY))
    (tmp_path / "key.txt").write_text(live_key)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["statxplore", "-p", "key.txt", "-q", "query.json", "-o", "rows.csv"])
    before = logging.getLogger().handlers[:]
    try:
        main()
    finally:
        for handler in [handler for handler in logging.getLogger().handlers if handler not in before]:
            logging.getLogger().removeHandler(handler)
            handler.close()
    rows = (tmp_path / "rows.csv").read_text().splitlines()
    assert len(rows) == 12
    assert rows[0].startswith("July 2025|Social|")
    assert rows[2] == "July 2025|Unknown|0"


def test_two_workers_count_together(address, live_key):
    """Two hundred requests from eight threads: each is told another remaining number."""

    def left(_):
        with urlopen(Request(f"{address}info", headers={"APIKey": live_key})) as answer:
            return int(answer.headers["x-ratelimit-remaining"]), answer.headers["x-ratelimit-reset"]

    with ThreadPoolExecutor(8) as threads:
        told = [*threads.map(left, range(200))]
    assert len(set(told)) == 200


def test_a_body_sent_in_chunks_is_read(address, live_key):
    """Programs that stream a body do not know its length beforehand."""
    asked = Request(f"{address}table", iter([b'{"database": ', b'"str:database:hb_new"}']), {"APIKey": live_key})
    with urlopen(asked) as answer:
        assert json.load(answer)["fields"][0]["uri"] == DATE


def test_the_example_of_the_guide_runs(address, live_key, root, tmp_path, monkeypatch, capsys):
    """The program of the how-to page, with the address of this site."""
    page = (root / "docs/how-to/use-a-stat-xplore-program.md").read_text()
    program = re.search(r"```\{code-block\} python\n:caption: ask.py\n(.*?)```", page, re.DOTALL).group(1)
    assert "http://localhost:8000/webapi/rest/v1/" in program
    (tmp_path / "key.txt").write_text(f"{live_key}\n")
    (tmp_path / "query.json").write_text(json.dumps(QUERY))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(StatSession, "BASE_URL", StatSession.BASE_URL)
    exec(program.replace("http://localhost:8000/webapi/rest/v1/", address), {})
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 12
    assert printed[0].startswith("July 2025 | Social | ")
