"""The access log: enough to run a site by, too little to find anybody in."""

import json
import re
import urllib.error
import urllib.request
from datetime import UTC, datetime

import pytest

MEMBERS = {"hour", "door", "method", "path", "status", "ms", "bytes"}
TABLE = "/databases/hb_new/table?rows=AREA&items.AREA=E08000001&columns=MONTH"


def _ask(address, method="GET", **headers):
    asked = urllib.request.Request(address, method=method, headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return len(answer.read())
    except urllib.error.HTTPError as error:
        error.close()
        return 0


@pytest.fixture(scope="module")
def lines(tmp_path_factory, home, web):
    """What two processes wrote about some requests, and how large the first answer was."""
    log = tmp_path_factory.mktemp("log") / "access.jsonl"
    site = web.Served(home.path, "--workers", "2", STATLAS_ACCESS_LOG=str(log)).wait()
    size = _ask(f"{site.address}{TABLE}", **{"User-Agent": "Mosaic/0.9", "Referer": "http://elsewhere.example/?q=me"})
    _ask(f"{site.address}/databases/hb_new/table.csv?rows=AREA")
    _ask(f"{site.address}/webapi/rest/v1/schema", APIKey="0123456789abcdef")
    _ask(f"{site.address}/account/password/reset/1-secretkey")
    _ask(f"{site.address}/account/confirm/someone@example.org")
    _ask(f"{site.address}/no/such/someone@example.org?token=secretkey")
    _ask(f"{site.address}/static/nothing.css")
    moved = log.with_suffix(".1")
    log.rename(moved)
    _ask(f"{site.address}/about")
    _ask(f'{site.address}/x%0A%7B"status":200%7D', "EVIL")
    said = site.stop()
    assert "Traceback" not in said
    return moved.read_text("utf-8"), log.read_text("utf-8"), size


def _read(text):
    return [json.loads(line) for line in text.splitlines()]


def test_every_request_is_one_line_of_json(lines):
    """With the members that are documented, and no other."""
    found = [line for line in _read(lines[0]) if line["door"] != "health"]
    assert {tuple(sorted(line)) for line in found} == {tuple(sorted(MEMBERS))}
    assert [(line["door"], line["method"], line["status"]) for line in found] == [
        ("page", "GET", 200),
        ("page", "GET", 200),
        ("opendata", "GET", 401),
        ("account", "GET", 200),
        ("account", "GET", 404),
        ("page", "GET", 404),
        ("static", "GET", 404),
    ]
    assert found[0]["path"] == "/databases/<str:database_id>/table"
    assert found[0]["bytes"] == lines[2]
    assert found[1]["bytes"] > 100, "an answer that is streamed is counted to its end"
    assert all(line["hour"][:11] == f"{datetime.now(UTC):%Y-%m-%dT}" for line in found)


def test_nothing_in_it_is_about_anybody(lines):
    """No address, no program, no query, no key, no link that somebody was sent, nothing typed; not even the minute."""
    text = lines[0] + lines[1]
    for word in ("127.0.0.1", "Mosaic", "elsewhere", "E08000001", "hb_new", "secretkey", "someone", "0123456789abcdef"):
        assert word not in text, word
    assert not re.search(r"\d\d:\d\d", text)


def test_a_log_that_is_moved_away_is_begun_anew(lines):
    """As logrotate does it, without a signal."""
    assert _read(lines[1])[0]["path"] == "/about"


def test_a_forged_method_and_a_forged_line_stay_one_line(lines):
    """What a client sends cannot write lines of its own."""
    [found] = _read(lines[1])[1:]
    assert (found["method"], found["path"]) == ("OTHER", "-")


def test_it_goes_to_standard_output_where_that_is_asked(home, serve):
    """For machines that collect what a service prints; what the site says to people goes to standard error."""
    site = serve(home.path, "--workers", "1", STATLAS_ACCESS_LOG="-").wait()
    _ask(f"{site.address}/about")
    said = [line for line in site.stop().splitlines() if line.startswith("{")]
    assert json.loads(said[-1])["path"] == "/about"
