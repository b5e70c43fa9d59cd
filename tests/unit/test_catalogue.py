"""The catalogue that a translator is given holds every sentence, with its placeholders."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest
from catalogue import ROOT, extracted, forms, messages

from statlas import wording

SAMPLE = (
    # Python: said at once, in several lines, in two forms, kept for later.
    "Put {field} in rows, columns or wafers.",
    "These numbers are exact: the records behind them are not confidential.",
    "The table has {value:,} cells; {limit:,} are answered at once.",
    "Ask again in {n} second.",
    *("The query cannot be answered", "Other tables are being counted.", "You have no such key in force."),
    *("The formula cannot be read at character {position}: {what}.", "{text!r} does not say which periods."),
    *("The table has too many variables.", "Leave out variables or filters, or take larger areas."),
    *("Total", "% of row", "Mean of {measure}", "January", "not shown, so that nobody can be found"),
    "This worksheet contains one table.",
    # Templates.
    *("Find data", "Close", "Error: the table cannot be shown"),
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{[^{}]*\}|<[^<>]*>")
MARKERS = {"_", "gettext", "several", "later"}


@pytest.mark.parametrize("sentence", SAMPLE)
def test_the_command_of_the_how_to_collects_a_sentence(sentence):
    """Whether it is said at once, kept for later, has two forms, or stands in a template."""
    assert sentence in extracted()


def test_forms_for_one_and_several_are_one_message():
    """So that a language with six forms can give six: those of Python, and those of templates."""
    several = [message for message in messages() if len(forms(message)) > 1]
    places = {Path(place).suffix for message in several for place, _line in message.locations}
    assert places >= {".py", ".html"}
    assert ("Ask again in {n} second.", "Ask again in {n} seconds.") in {forms(message) for message in several}


def test_the_pseudo_language_keeps_every_placeholder():
    """Names in braces or after a per cent sign, and tags, come through as they are and can still be filled."""
    with wording.speaking(wording.PSEUDO):
        for form in {form for message in messages() for form in forms(message)}:
            said = wording.gettext(form)
            assert PLACEHOLDER.findall(said) == PLACEHOLDER.findall(form), form
            assert [part[1:] for part in Formatter().parse(said) if part[1] is not None] == [
                part[1:] for part in Formatter().parse(form) if part[1] is not None
            ], form


def test_both_forms_of_a_message_have_the_same_placeholders():
    """But for the number, which *one* may say in a word."""
    for message in messages():
        if len(forms(message)) > 1:
            one, many = (set(PLACEHOLDER.findall(form)) for form in forms(message))
            assert one <= many, forms(message)


def _said(path: Path):
    """Calls that mark or translate a text, with their first argument."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS and node.args:
            yield node.args[0]


def test_no_text_is_filled_before_it_is_translated():
    """A filled text stands in no catalogue: placeholders are filled in what ``_`` gives."""
    for path in (ROOT / "src/statlas").rglob("*.py"):
        for argument in _said(path):
            filled = isinstance(argument, ast.JoinedStr | ast.BinOp) or (
                isinstance(argument, ast.Call) and getattr(argument.func, "attr", "") == "format"
            )
            assert not filled, f"{path.name}:{argument.lineno}"
