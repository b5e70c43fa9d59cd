"""After ``PublicCube`` no function sees a perturbed or a true number (decisions page, D3).

Three guards: the type checker refuses a perturbed cube where a public one is asked for; nothing that a public cube
holds leads back; and the functions that may hold a true or a perturbed number are listed here, so that one more is a
decision and no accident.
"""

import ast
import subprocess
import sys
from dataclasses import is_dataclass
from typing import get_args, get_type_hints

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from statlas.disclosure.cubes import (
    Blanks,
    DesignErrors,
    PerturbedCube,
    PerturbedMeasure,
    Printed,
    PublicCube,
    PublicMeasure,
)
from statlas.engine.answering import ExactPercentiles, PrintedTables
from statlas.engine.raw import RawCube, RawMeasure
from statlas.engine.replicates import DesignSums

CONFIDENTIAL = (RawCube, RawMeasure, DesignSums, PerturbedCube, PerturbedMeasure, Blanks)

# --- the type checker -------------------------------------------------------------------------------------------------

# Each line takes a cube of each kind; the type checker must refuse it for all but the public one.
TAKERS = (
    "groups.start({cube})",
    "groups.add_periods([{cube}], threshold=5)",
    "Printed({cube}.values, {cube}.status)",
    "answering.PrintedTables({{'202501': {cube}}})",
)
SNIPPET = """\
from statlas.disclosure import groups
from statlas.disclosure.cubes import PerturbedCube, Printed, PublicCube
from statlas.engine import answering
from statlas.engine.raw import RawCube


def take(cube: {kind}) -> None:
    {line}
"""


def errors_of(root, folder, kinds_and_lines) -> dict[tuple[str, str], bool]:
    """For each snippet whether mypy, as the project is set up, refuses its last line."""
    files = {}
    for number, (kind, line) in enumerate(kinds_and_lines):
        files[kind, line] = folder / f"snippet_{number}.py"
        files[kind, line].write_text(SNIPPET.format(kind=kind, line=line.format(cube="cube")))
    # With the project's settings and its cache, so that only the snippets are new to it.
    command = [sys.executable, "-m", "mypy", *map(str, files.values())]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    last = len(SNIPPET.splitlines())
    return {place: f"{path.name}:{last}: error" in done.stdout for place, path in files.items()}


@pytest.mark.timeout(400)  # a first run of mypy reads the stubs of every library
def test_a_perturbed_cube_where_a_public_one_is_asked_for_is_a_type_error(root, tmp_path):
    """Groups, sums over periods and answers take public cubes alone; true and perturbed ones are refused."""
    kinds = ("PublicCube", "PerturbedCube", "RawCube")
    asked = [(kind, line) for kind in kinds for line in TAKERS]
    assert errors_of(root, tmp_path, asked) == {(kind, line): kind != "PublicCube" for kind, line in asked}


# --- nothing leads back -----------------------------------------------------------------------------------------------


def reached_from(kind: type) -> set[type]:
    """Every class that the fields of a class hold, and theirs, and so on."""
    found, new = set(), {kind}
    while new:
        found |= new
        hints = [hint for known in new if is_dataclass(known) for hint in get_type_hints(known).values()]
        new = {part for hint in hints for part in parts_of(hint) if isinstance(part, type)} - found
    return found


def parts_of(hint: object) -> set[object]:
    """A type and all that it is made of: of ``Mapping[str, Printed]`` the mapping, str and Printed."""
    return {hint}.union(*(parts_of(part) for part in get_args(hint)))


def test_nothing_that_a_public_cube_holds_leads_back():
    """The fields of what is printed hold arrays and printed things; no true or perturbed number is among them."""
    for kind in (PublicCube, PrintedTables):
        assert not reached_from(kind) & set(CONFIDENTIAL)
    assert {PublicMeasure, Printed, ExactPercentiles} <= reached_from(PrintedTables)


def test_the_cubes_are_no_kinds_of_each_other():
    """None inherits from another, so that none can stand in for one."""
    for kind in (*CONFIDENTIAL, PublicCube, PublicMeasure, Printed):
        assert kind.__mro__ == (kind, object)


# --- who may hold them ------------------------------------------------------------------------------------------------

MAY_HOLD = {
    "statlas.engine.raw": "says what a backend returns",
    "statlas.engine.kernel": "counts",
    "statlas.engine.replicates": "adds up amounts under every weight of a survey",
    "statlas.engine.backends.duckdb": "counts",
    "statlas.engine.backends.reference": "counts",
    "statlas.engine.tabulate": "hands what a backend returns to protect",
    "statlas.engine.surveys": "brings weights into the ratio of the perturbed count",
    "statlas.engine.protect": "turns true numbers into perturbed ones, and those into printed ones",
    "statlas.disclosure.cubes": "says what the cubes are",
    "statlas.engine.cuboids.using": "adds true counts up from cuboids",
    "statlas.disclosure.printing": "turns perturbed numbers into printed ones",
}
"""Modules whose functions may name a true or a perturbed cube, and why; elsewhere none may."""


def modules(root):
    """The syntax tree of every module of the package, by its name."""
    source = root / "src"
    for path in (source / "statlas").rglob("*.py"):
        name = ".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__")
        yield name, ast.parse(path.read_text(encoding="utf-8"))


def names_in(tree: ast.AST) -> set[str]:
    """Every name that a module uses, imports or takes as an attribute, and every text that may be one in quotes."""
    found: set[object] = set()
    for node in ast.walk(tree):
        found |= {getattr(node, "id", None), getattr(node, "attr", None)}
        found |= {alias.name for alias in getattr(node, "names", ()) if isinstance(alias, ast.alias)}
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= {node.value}
    return {name for name in found if isinstance(name, str)}


def test_only_the_modules_listed_name_a_true_or_perturbed_cube(root):
    """A module that begins to take such a cube is added here with its reason, or does not take it."""
    names = {kind.__name__ for kind in CONFIDENTIAL}
    holders = {name for name, tree in modules(root) if names & names_in(tree)}
    assert holders == MAY_HOLD.keys()


BEFORE_PRINTING = {"protect", "passes_sparsity", "print_cells", "print_exact", "kernel"}
"""Names that lead from true or perturbed numbers: what works on printed ones imports none of them."""


def test_what_comes_after_printing_imports_nothing_that_came_before(root):
    """Groups, sums of groups, rules, answers and notes do not count, perturb or print."""
    after = {
        name: {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
        for name, tree in modules(root)
        if name not in MAY_HOLD and names_in(tree) & {"PublicCube", "PublicMeasure", "Printed"}
    }
    assert {"statlas.disclosure.groups", "statlas.engine.answering"} <= after.keys()
    for name, imported in after.items():
        assert not imported & BEFORE_PRINTING, name


@given(counts=st.lists(st.integers(10**6, 2**31), min_size=1, max_size=20))
def test_no_word_for_a_cube_holds_a_number_of_it(counts):
    """Printed for a log, an error or a debugger, a true or perturbed cube shows its shape at most."""
    numbers = np.array(counts)
    keys = numbers.astype(np.uint32)
    raw = RawMeasure(numbers, keys, numbers, numbers, keys, np.stack([numbers] * 3))
    errors = DesignErrors(*[numbers.astype(np.float64)] * 3)
    perturbed = PerturbedMeasure(numbers, blanks=Blanks(numbers, numbers, numbers, errors=errors), errors=errors)
    design = DesignSums(numbers, numbers, numbers)
    whole = RawCube(numbers, keys, {"PAY": raw})
    noisy = PerturbedCube(numbers, numbers > 0, measures={"PAY": perturbed})
    for cube in (whole, raw, design, noisy, perturbed, perturbed.blanks, errors):
        for text in (repr(cube), str(cube), f"{cube}"):
            assert not any(str(n) in text for n in counts)
