"""Errors of every family, told in the dialect's form."""

import re

import pytest

from statlas.api.opendata import refusals
from statlas.definitions.stat_xplore.refusing import ErrorType
from statlas.errors import DisclosureRefused, HomeError, QueryError, TooManyCellsError, UnknownNameError


@pytest.mark.parametrize("name", ["CELL_COUNT", "SCHEMA_COMPONENT_NOT_FOUND"])
def test_captured_errors_are_told_to_the_letter(shared, capture, name):
    """Same members, same order, same words."""
    captured = capture(shared / f"samples/errors/statcube_{name}_400.json")
    if name == "CELL_COUNT":
        error = TooManyCellsError(value=captured["value"], limit=captured["limit"])
    else:
        error = UnknownNameError("said otherwise elsewhere", component=captured["component"])
    assert [*refusals.body_of(error).items()] == [*captured.items()]


@pytest.mark.parametrize(
    ("error", "error_type", "component"),
    [
        (DisclosureRefused("Too few people.", rule="mean_cell_size"), "DISCLOSURE_REFUSED", "mean_cell_size"),
        (QueryError("It makes no sense."), "INVALID_REQUEST", ""),
        (HomeError("/srv/home cannot be read."), "SERVICE_UNAVAILABLE", ""),
    ],
)
def test_other_errors_take_the_same_form(error, error_type, component):
    """What the site's keeper has to mend is not told to the world."""
    told = refusals.body_of(error)
    assert (told["errorType"], told["component"]) == (error_type, component)
    assert "/srv" not in told["message"]


def test_every_type_has_its_section(root):
    """The page of errors says when each occurs and how to mend it."""
    page = (root / "docs/errors/open-data-api.md").read_text()
    sections = re.split(r"^## ", page, flags=re.MULTILINE)[1:]
    assert {section.partition("\n")[0] for section in sections} == set(ErrorType)
    assert all("**When it occurs.**" in section and "**How to fix.**" in section for section in sections)
