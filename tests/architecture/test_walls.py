"""The walls of the house: each import contract is broken by the import it is there to stop.

That the house itself keeps them is a test of ``test_tools``.
"""

import ast
import os
import shutil
import subprocess
import sys
import tomllib

import pytest

BREACHES = {
    "floors": {"model": "import statlas.engine", "store": "import statlas.records", "newroom": ""},
    "service-floors": {"service/tables": "import statlas.service.office"},
    "keeper-out-of-the-pages": {"web": "import statlas.service.keeper", "api": "import statlas.service.keeper"},
    "vault-for-the-keeper": {"service/tables": "import statlas.store.vault"},
    "no-circles": {"web/first": "import statlas.web.second", "web/second": "import statlas.web.first"},
    "django-stays-in-its-rooms": {"cli": "import django"},
    "tables-without-django": {"service/tables": "import statlas.office", "office": "import django"},
    "doors-see-no-records": {"formats": "from statlas import engine"},
    "dialects-apart": {"api/native": "import statlas.api.opendata"},
    "one-door-to-records": {"client": "import statlas.records"},
    "disclosure-touches-nothing": {"disclosure": "import pathlib"},
    "model-is-pure": {"model": "import os"},
    "demonstration-for-the-command-line": {"web": "import statlas.demonstration"},
    "splink-in-linkage": {"records": "import splink"},
}


@pytest.fixture(scope="module")
def contracts(root):
    """The ids of the contracts in pyproject.toml."""
    project = tomllib.loads((root / "pyproject.toml").read_text())
    return {contract["id"] for contract in project["tool"]["importlinter"]["contracts"]}


@pytest.fixture
def house(root, tmp_path):
    """An empty house with the rooms of the real one."""
    shutil.copy(root / "pyproject.toml", tmp_path)
    for room in (root / "src" / "statlas").rglob("__init__.py"):
        copy = tmp_path / room.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.touch()
    for module in ("compiled", "errors", "version", "wording", "cli/used", "store/vault"):
        (tmp_path / "src" / "statlas" / f"{module}.py").touch()
    return tmp_path


def contract_is_kept(house, contract):
    """Whether import-linter finds the contract kept in this house."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as main; main()"]
    done = subprocess.run(
        [*command, "--no-logo", "--no-cache", "--contract", contract],
        cwd=house,
        env=os.environ | {"PYTHONPATH": str(house / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Contracts: " in done.stdout, done.stdout + done.stderr
    return done.returncode == 0


def test_every_contract_has_a_breach_that_shows_it_stands(contracts):
    """No contract is there for show: each is tried below."""
    assert contracts == set(BREACHES)


@pytest.mark.parametrize("contract", BREACHES)
def test_the_contract_is_kept_until_it_is_breached(house, contract):
    """An empty house keeps the contract; each of its breaches alone, or all together, breaks it."""
    assert contract_is_kept(house, contract)
    for room, line in BREACHES[contract].items():
        package = house / "src" / "statlas" / room
        package.mkdir(exist_ok=True)
        (package / "__init__.py").write_text(f"{line}\n")
    assert not contract_is_kept(house, contract)


CLOCKS = {"now", "today", "utcnow"}


@pytest.mark.parametrize("room", ["model", "disclosure"])
def test_the_room_opens_no_file_and_reads_no_clock(root, room):
    """Built-in ``open`` and the clock of a date class need no import, so the walls do not see them."""
    modules = list((root / "src" / "statlas" / room).rglob("*.py"))
    assert modules
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Call):
                assert getattr(node.func, "id", None) != "open", f"{module.name}:{node.lineno} opens a file"
                assert getattr(node.func, "attr", None) not in CLOCKS, f"{module.name}:{node.lineno} reads the clock"


HEAVY = ("django", "duckdb", "numba", "numpy", "pandas", "polars", "pyarrow", "pydantic", "scipy")


def test_help_loads_no_heavy_library():
    """`statlas --help` answers at once: no command's module imports a heavy library before it runs."""
    script = f"import sys, statlas.cli; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
