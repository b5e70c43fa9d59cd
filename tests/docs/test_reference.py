"""What the pages list is what there is: errors, faults, commands, tests named as proof."""

import ast
import re
from itertools import chain
from pathlib import Path

import pytest
from typer.main import get_command

from statlas.cli import app
from statlas.errors import StatlasError

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "statlas"


# --- errors -----------------------------------------------------------------------------------------------------------


def kinds(family=StatlasError):
    """Every kind of error below a family; the base itself is never raised."""
    return chain.from_iterable(([kind, *kinds(kind)]) for kind in family.__subclasses__())


def ours():
    """The kinds of `errors.py`; doors refine some of them without a code of their own."""
    return [kind for kind in kinds() if kind.__module__ == "statlas.errors"]


@pytest.mark.parametrize("kind", ours(), ids=lambda kind: kind.code)
def test_every_error_has_its_page(kind):
    """The page that an error's type points at says when it occurs and how to fix it, under the error's own title."""
    page = (DOCS / "errors" / f"{kind.code}.md").read_text()
    assert page.startswith(f"# {kind.code}\n\n*{kind.title}.*\n\n**When it occurs.**\n")
    assert "\n**How to fix.**\n" in page


def test_every_error_has_a_code_of_its_own():
    """Two kinds never share a page."""
    codes = [kind.code for kind in ours()]
    assert len(set(codes)) == len(codes)


def test_every_page_of_errors_is_of_an_error():
    """A code that is gone takes its page with it; lists of errors and faults are pages of another kind."""
    lists = {"faults", "open-data-api"}
    assert {page.stem for page in (DOCS / "errors").glob("*.md")} == {kind.code for kind in ours()} | lists


# --- faults -----------------------------------------------------------------------------------------------------------

FAULTY = ("definitions", "geography", "records", "service", "store", "tabular")
MADE_BY = ("Fault", "Judgement", "Check", "add", "at_line", "_tell")
HYPHENATED = re.compile(r"[a-z]+(-[a-z]+)+")
OTHER_TEXTS = {"code", "first-table", "auto-generated"}
"""Texts of those rooms that are no codes: a column, a folder, the head of a letter."""
REPORTS = re.compile(
    r"/service/(tables/(screening/\w+|risk\w*|reporting|release_changes)|office/releases/saved_work)\.py$"
)
"""What names checks of a draft, which have a page of their own."""


TROUBLES = re.compile(r"/service/(keeper/|office/(alarms|watching)\.py)")
"""What names troubles of the keeper, which stand on the page of ``healthz``."""


def fault_codes():
    """The codes of faults in the source: hyphenated texts, and single words given to what makes a fault."""
    for path in chain.from_iterable((SOURCE / room).rglob("*.py") for room in FAULTY):
        if REPORTS.search(path.as_posix()) or TROUBLES.search(path.as_posix()):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and HYPHENATED.fullmatch(str(node.value)):
                yield node.value
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in MADE_BY:
                yield from (a.value for a in node.args[:4] if _is_word(a))


def _is_word(argument):
    return isinstance(argument, ast.Constant) and re.fullmatch(r"[a-z]+", str(argument.value))


def test_every_fault_is_explained_and_no_other():
    """The list of faults has every code that a report can hold, once."""
    listed = re.findall(r"^\| `([a-z-]+)` \|", (DOCS / "errors" / "faults.md").read_text(), re.MULTILINE)
    assert len(set(listed)) == len(listed)
    assert set(listed) == set(fault_codes()) - OTHER_TEXTS


def test_every_check_of_a_draft_is_explained_and_no_other():
    """The page on checking a release has every check that a report can name, once."""
    modules = [path for path in (SOURCE / "service").rglob("*.py") if REPORTS.search(path.as_posix())]
    nodes = chain.from_iterable(ast.walk(ast.parse(module.read_text())) for module in modules)
    texts = {node.value for node in nodes if isinstance(node, ast.Constant)}
    listed = re.findall(r"^\| `([a-z-]+)` \|", (DOCS / "how-to" / "check-a-release.md").read_text(), re.MULTILINE)
    assert len(set(listed)) == len(listed)
    assert set(listed) == {text for text in texts if HYPHENATED.fullmatch(str(text))}


# --- commands ---------------------------------------------------------------------------------------------------------


def leaves(command, name):
    """Each command that does something, with its whole name."""
    if hasattr(command, "commands"):
        for word, inner in command.commands.items():
            yield from leaves(inner, f"{name} {word}")
    else:
        yield name, command


COMMANDS = dict(leaves(get_command(app), "statlas"))


def sections():
    """The sections of the page of commands, by their headings."""
    parts = re.split(r"^## ", (DOCS / "reference" / "command-line.md").read_text(), flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0].strip("`"): part for part in parts}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_section_with_its_arguments_and_options(name):
    """The table of a command has a row for each argument and option it takes, and no other."""
    listed = set(re.findall(r"^\| `([^` ]+)", sections()[name], re.MULTILINE))
    assert listed == {written(p) for p in COMMANDS[name].params if p.name != "help"}


def written(param):
    """How the page writes a parameter: ``--home``, or an argument in capitals."""
    if param.param_type_name == "argument":
        return (param.metavar or param.name).upper()
    return next(word for word in param.opts if word.startswith("--"))


def test_every_section_is_of_a_command():
    """A command that is gone takes its section with it."""
    assert {name for name in sections() if name.startswith("statlas ")} == set(COMMANDS)


def test_every_recipe_is_told():
    """The table of recipes has those of the Makefile, in its order."""
    told = re.findall(r"^\| `make (\w+)` \|", (DOCS / "how-to" / "work-on-statlas.md").read_text(), re.MULTILINE)
    assert told == re.findall(r"^(\w+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)


# --- promises ---------------------------------------------------------------------------------------------------------

TEST_ID = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.relative_to(DOCS).as_posix())
def test_every_test_that_a_page_names_is_there(page):
    """A promise or decision names the test that keeps it; a test that was renamed is found out."""
    for path, name in TEST_ID.findall(page.read_text()):
        assert re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text(), re.MULTILINE), f"{path}::{name}"


def test_every_promise_names_its_test():
    """Each sentence in bold on the page of promises is followed by a test, up to what is not promised."""
    kept, _, _ = (DOCS / "explanation" / "promises.md").read_text().partition("## What is not promised")
    promises = re.split(r"^\*\*", kept, flags=re.MULTILINE)[1:]
    assert len(promises) > 10
    for promise in promises:
        assert TEST_ID.search(promise), promise
