"""Pages of staff act on releases without the engine, whose loading takes a process about a second."""

import os
import subprocess
import sys

LOADED = """
import sys
import django
django.setup()
from statlas.service.office.releases import acting
print(sorted({"numba", "duckdb", "statlas.engine"} & set(sys.modules)))
"""


def test_acting_on_a_release_loads_no_engine(tmp_path):
    """It is loaded by what counts: destroying records, or a table."""
    settings = {"DJANGO_SETTINGS_MODULE": "statlas.web.settings", "STATLAS_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-c", LOADED]
    done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr
