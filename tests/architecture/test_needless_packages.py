"""What Statlas does without: Django for a table in a notebook, pandas and polars for everything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from homes import write_definition, write_records

from statlas.service import tables

BLOCKING = """\
import sys

BLOCKED = {blocked!r}

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BLOCKED:
            raise ImportError(name + " is blocked")

sys.meta_path.insert(0, Blocked())
"""

TABLE = """\
import statlas
table = statlas.open(sys.argv[1])["clubs"].table(rows="AREA@TOWN", columns="SEX")
assert table.shape == (1, 5, 2)
print(repr(table).splitlines()[0])
"""


PAGE = """\
import os
os.environ["STATLAS_HOME"], os.environ["DJANGO_SETTINGS_MODULE"] = sys.argv[1], "statlas.web.settings"
import django
django.setup()
from django.test import Client
print(Client(SERVER_NAME="localhost").get("/databases/clubs/table?rows=AREA@TOWN&columns=SEX").content.decode())
"""
COMMAND = "from statlas.cli import app; app()"


def run(script: str, *arguments: object, blocked: tuple[str, ...]) -> str:
    """What a process says in which some packages cannot be imported; it has to succeed and to complain of nothing."""
    command = [sys.executable, "-c", BLOCKING.format(blocked=blocked) + script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_table_is_made_with_django_blocked(tmp_path: Path):
    """A process in which Django cannot be imported opens a home and prints a protected table."""
    home = tables.open_home(tmp_path / "home")
    tables.publish(home=home, definition=write_definition(tmp_path), records=[write_records(tmp_path / "r.csv")])
    said = run(TABLE, home.path, blocked=("django",))
    assert said == "Members by Area and Sex (Members of made-up clubs, release 1, version 1.0.0)\n"


def test_an_installation_needs_neither_pandas_nor_polars(tmp_path: Path):
    """Drafting, publishing, a key and a table work in an environment of the runtime requirements alone."""
    blocked = ("pandas", "polars")
    definition, records = write_definition(tmp_path), write_records(tmp_path / "r.csv")
    home = tmp_path / "home"
    query = tmp_path / "query.json"
    query.write_text('{"database": "str:database:clubs", "dimensions": [["str:field:clubs:MEMBERS:AREA"]]}')
    run(COMMAND, "new", records, "--out", tmp_path / "draft", blocked=blocked)
    assert "Release 1" in run(COMMAND, "publish", "--now", definition, records, "--home", home, blocked=blocked)
    assert run(COMMAND, "verify", "--home", home, blocked=blocked)
    assert len(run(COMMAND, "key", "create", "a program", "--home", home, blocked=blocked).strip()) == 64
    assert "Aldwick" in run(COMMAND, "table", query, "--home", home, blocked=blocked)
    page = run(PAGE, home, blocked=blocked)
    assert "Aldwick" in page
