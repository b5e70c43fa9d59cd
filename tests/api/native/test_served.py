"""The native API on the production server."""

import contextlib
import gzip
import http.client
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

STATLAS = Path(sys.executable).with_name("statlas")


@pytest.fixture(scope="module")
def served(home):
    """Host and port of the site that serves ``home``."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [STATLAS, "serve", "--home", str(home.path), "--port", str(port), "--workers", "1"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz")
            yield f"127.0.0.1:{port}"
        finally:
            server.terminate()


def _wait_for(address):
    for _ in range(600):
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError("the site does not answer")


def ask(served, method, path, body=None, **headers):
    """Status, headers and bytes of an answer."""
    connection = http.client.HTTPConnection(served, timeout=30)
    try:
        chunked = body is not None and not isinstance(body, bytes)
        connection.request(method, f"/api/v1{path}", body, headers, encode_chunked=chunked)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def test_a_table_is_served(served):
    """By query and by address, compressed where that is wished; its pinned address gives the same bytes."""
    query = json.dumps({"database": "clubs", "rows": ["AREA"], "periods": "all"}).encode()
    status, headers, body = ask(served, "POST", "/tables.csv", query)
    assert (status, headers["Statlas-Release"]) == (200, "2")
    pinned = headers["Link"].removeprefix("<").partition(">")[0].partition("/api/v1")[2]
    status, headers, packed = ask(served, "GET", pinned, **{"Accept-Encoding": "gzip"})
    assert (status, headers["Cache-Control"]) == (200, "public, max-age=300")
    assert gzip.decompress(packed) == body
    status, headers, nothing = ask(served, "GET", pinned, **{"If-None-Match": headers["ETag"]})
    assert (status, nothing) == (304, b"")


def test_head_has_no_body(served):
    """The connection goes on after it."""
    connection = http.client.HTTPConnection(served, timeout=30)
    for method, has_body in (("HEAD", False), ("GET", True)):
        connection.request(method, "/api/v1/tables?database=clubs&rows=SEX")
        answer = connection.getresponse()
        assert answer.status == 200
        assert bool(answer.read()) is has_body
    connection.close()


def test_a_body_in_pieces_is_read(served):
    """Without a length, as some clients send it."""
    parts = iter([b'{"database": "clubs",', b'"rows": ["SEX"]}'])
    status, _, body = ask(
        served, "POST", "/tables", parts, **{"Transfer-Encoding": "chunked", "Content-Type": "application/json"}
    )
    assert (status, json.loads(body)["release"]) == (200, "2")


@pytest.mark.parametrize("in_pieces", [False, True])
def test_fifty_megabytes_are_refused_and_the_site_goes_on(served, in_pieces):
    """A problem, or a connection that is closed while the rest is sent; then the next client is answered."""
    body = (b"x" * 1_000_000 for _ in range(50)) if in_pieces else b"x" * 50_000_000
    headers = {"Transfer-Encoding": "chunked"} if in_pieces else {}
    with contextlib.suppress(ConnectionError, TimeoutError):
        status, _, answer = ask(served, "POST", "/tables", body, **headers)
        assert (status, json.loads(answer)["code"]) == (413, "request")
    assert ask(served, "GET", "/databases")[0] == 200


def test_one_address_has_one_limit(served):
    """Counted down over connections."""
    left = [int(ask(served, "GET", "/databases")[1]["RateLimit-Remaining"]) for _ in range(2)]
    assert left[1] == left[0] - 1


def test_the_page_for_people_is_served(served):
    """With the strict policy of every page."""
    status, headers, page = ask(served, "GET", "/docs")
    assert (status, b"/tables/plan" in page) == (200, True)
    assert "default-src 'none'" in headers["Content-Security-Policy"]
