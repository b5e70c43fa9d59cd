"""What the site does with answers already given: kept within the setting, and those sent away told when to return."""

import shutil
import subprocess
import sys

import pytest

from statlas.errors import BusyError

TABLE = "/databases/hb_new/table?rows=AREA@V_AREA"


def kept(home):
    """The answers on the disk of a home."""
    return sorted((home / "cache").rglob("*.answer"))


ASKED = """
import os, sys
os.environ |= {"STATLAS_HOME": sys.argv[1], "STATLAS_ANSWERS_MB": sys.argv[2]}
os.environ["DJANGO_SETTINGS_MODULE"] = "statlas.web.settings"
from statlas.web import wsgi
from django.test import Client
print(Client(SERVER_NAME="localhost").get(sys.argv[3]).content.decode())
"""
"""A table's page, given by what the production server runs."""


@pytest.fixture
def copied(home, tmp_path):
    """The home with nothing kept."""
    return shutil.copytree(home.path, tmp_path / "home", ignore=shutil.ignore_patterns("cache", "site.sqlite3*"))


@pytest.mark.parametrize("megabytes", ["0", "5"])
def test_the_setting_decides_whether_answers_stay(copied, megabytes):
    """With 0 the site leaves nothing on the disk; with room it leaves the table it gave."""
    command = [sys.executable, "-c", ASKED, str(copied), megabytes, TABLE]
    assert "<tbody" in subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert bool(kept(copied)) == (megabytes == "5")


def test_a_busy_site_says_when_to_come_back(site, monkeypatch):
    """503 with ``Retry-After`` and a page in plain words."""

    def busy(_query):
        raise BusyError("Other tables are being counted.", retry_after=10)

    monkeypatch.setattr("statlas.web.asking.table", busy)
    response = site.get(TABLE)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert "Ask again in 10 seconds." in response.content.decode()
