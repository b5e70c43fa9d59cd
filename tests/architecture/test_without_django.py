"""Tables are made without the site: a notebook and the command line never load Django."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from homes import write_definition, write_records

from statlas.service import tables

SCRIPT = """\
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "django":
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, Blocked())
import statlas
table = statlas.open(sys.argv[1])["clubs"].table(rows="AREA@TOWN", columns="SEX")
assert table.shape == (1, 5, 2)
print(repr(table).splitlines()[0])
"""


def test_a_table_is_made_with_django_blocked(tmp_path: Path):
    """A process in which Django cannot be imported opens a home and prints a protected table."""
    home = tables.open_home(tmp_path / "home")
    tables.publish(home=home, definition=write_definition(tmp_path), records=[write_records(tmp_path / "r.csv")])
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(home.path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == ""
    assert done.stdout == "Members by Area and Sex (Members of made-up clubs, release 1)\n"
