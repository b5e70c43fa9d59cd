import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from statlas.errors import SettingsError
from statlas.service import tables
from statlas.web import server
from statlas.web.configuration import Settings

STATLAS = str(Path(sys.executable).with_name("statlas"))


def _get(address, **headers):
    return urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=20)


def _run(*arguments, **environment):
    return subprocess.run(
        [STATLAS, "serve", *arguments], capture_output=True, text=True, timeout=30, env=environment or None, check=False
    )


def _try_to_sign_in(site):
    """With a wrong password, twice."""
    page = f"{site.address}/account/sign-in"
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    browser.addheaders = [("User-Agent", "Peculiar/7"), ("Referer", page)]
    for _ in range(2):
        with browser.open(page, timeout=20) as response:
            token = response.read().decode().partition('csrfmiddlewaretoken" value="')[2].partition('"')[0]
        tried = {"csrfmiddlewaretoken": token, "login": "ann@example.net", "password": "wrong"}
        with browser.open(page, urllib.parse.urlencode(tried).encode(), timeout=20) as response:
            assert "Sign in" in response.read().decode()


def test_a_new_home_is_served_and_filled_while_it_is_served(serve, tmp_path, department):
    """From nothing: secrets for their owner alone, a useful page, and a release shows without a restart.

    No line that is printed says who asked or tried to sign in, nor with what browser.
    """
    folder = tmp_path / "new" / "home"
    site = serve(folder).wait()
    with _get(f"{site.address}/") as response:
        assert b"No database is published yet" in response.read()
    kept = [folder / "secrets" / "django.key", folder / "site.sqlite3"]
    assert [file.stat().st_mode & 0o777 for file in kept] == [0o600, 0o600]
    assert (folder / "secrets").stat().st_mode & 0o777 == 0o700
    definition, records = department.write(tmp_path)[1]
    tables.publish(home=tables.open_home(folder), definition=definition, records=[records])
    with _get(f"{site.address}/healthz") as response:
        assert json.load(response) == {"ok": True, "databases": {"rents": "1"}}
    with _get(f"{site.address}/databases/rents/table") as response:
        assert b"<tbody" in response.read()
    _try_to_sign_in(site)
    said = site.stop()
    assert site.process.returncode == 0
    assert not any(word in said for word in ("Traceback", "Peculiar", "ann@", "AXES", "sign-in"))
    assert "{" not in said, "requests are noted where that is asked for"
    assert f"http://127.0.0.1:{site.port}/" in said


def test_a_port_in_use_is_said_in_a_sentence(tmp_path):
    """With what to do, no traceback, and nothing made on the disk."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = _run("--home", str(tmp_path / "home"), "--port", str(port))
    assert done.returncode == 5
    assert f"Port {port} of 127.0.0.1 is in use by another program." in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("host", "port", "said"),
    [
        ("127.0.0.1", 70_000, "70000 is not a port."),
        ("127.0.0.1", -1, "-1 is not a port."),
        ("192.0.2.1", 8000, "192.0.2.1 port 8000 cannot be served at"),
    ],
)
def test_an_address_that_cannot_be_had_is_said_in_a_sentence(tmp_path, host, port, said):
    """Before anything is made."""
    with pytest.raises(SettingsError) as caught:
        server.serve(Settings(home=tmp_path / "home"), port=port, host=host)
    assert said in caught.value.message
    assert caught.value.mend
    assert not (tmp_path / "home").exists()


def test_a_setting_that_cannot_be_read_stops_the_start(tmp_path):
    """And is named."""
    done = _run("--home", str(tmp_path / "home"), STATLAS_PAGE_ROWS="many", PATH="/usr/bin:/bin")
    assert done.returncode == 5
    assert "STATLAS_PAGE_ROWS is 'many'" in done.stderr


def test_secrets_that_others_may_read_stop_the_start(tmp_path):
    """A site does not run on a key that is no secret."""
    home = tables.open_home(tmp_path / "home").create()
    home.secret("django", 32)
    (home.path / "secrets" / "django.key").chmod(0o644)
    done = _run("--home", str(home.path), "--port", "0")
    assert done.returncode == 5
    assert "Others may read django.key." in done.stderr


def test_names_and_proxies_are_believed_when_told(serve, home):
    """STATLAS_HOSTS lists the names, --behind-proxy lets HTTPS be known, and browsers are then told to stay with it."""
    site = serve(home.path, "--workers", "1", "--behind-proxy", STATLAS_HOSTS="data.example.org,127.0.0.1").wait()
    forwarded = {"X-Forwarded-Host": "data.example.org", "X-Forwarded-Proto": "https"}
    with _get(f"{site.address}/databases/hb_new/table", **forwarded) as response:
        assert response.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert b'value="https://data.example.org/databases' in response.read()
    with pytest.raises(urllib.error.HTTPError) as refused:
        _get(f"{site.address}/", Host="evil.example")
    assert refused.value.code == 400
    refused.value.close()
    assert "evil" not in site.stop()


def test_assets_are_kept_for_ever_under_their_digest(served):
    """And a page that links to them is compressed for whoever can read that."""
    with _get(f"{served}/") as response:
        page = response.read().decode()
        assert "Strict-Transport-Security" not in response.headers
    sheet = page.partition('stylesheet" href="')[2].partition('"')[0]
    with _get(f"{served}{sheet}") as response:
        assert response.headers["Cache-Control"] == "max-age=315360000, public, immutable"
        assert "css" in response.headers["Content-Type"]
    with _get(f"{served}/databases/hb_new", **{"Accept-Encoding": "gzip"}) as response:
        assert response.headers["Content-Encoding"] == "gzip"


def test_half_sent_requests_hold_nobody_up(served):
    """Forty clients that stop in the middle of a line leave the others their site."""
    host, port = served.removeprefix("http://").split(":")
    held = [socket.create_connection((host, int(port))) for _ in range(40)]
    try:
        for client in held:
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: loc")
        time.sleep(0.2)
        with _get(f"{served}/healthz") as response:
            assert response.status == 200
    finally:
        for client in held:
            client.close()
