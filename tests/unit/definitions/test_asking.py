"""The short spellings of queries."""

import pytest

from statlas import definitions
from statlas.errors import QueryError, UnknownNameError
from statlas.model.classification import Node
from statlas.model.period import Calendar, Frequency
from statlas.model.query import Dimension, Item, Role, TimeKind, TimeSelector


@pytest.mark.parametrize(
    ("text", "selector"),
    [
        ("latest", TimeSelector()),
        ("latest(1)", TimeSelector()),
        ("latest( 13 )", TimeSelector(TimeKind.LATEST, 13)),
        ("from 202404", TimeSelector(TimeKind.FROM, start="202404")),
        ("from  2011", TimeSelector(TimeKind.FROM, start="2011")),
        ("202404..202503", TimeSelector(TimeKind.RANGE, start="202404", end="202503")),
        ("202404 .. 202503", TimeSelector(TimeKind.RANGE, start="202404", end="202503")),
        ("202404", TimeSelector(TimeKind.RANGE, start="202404", end="202404")),
        (" all ", TimeSelector(TimeKind.ALL)),
        ("yearly", TimeSelector(TimeKind.YEARLY)),
        ("yearly  03", TimeSelector(TimeKind.YEARLY, start="03")),
    ],
)
def test_periods_are_asked_in_a_word_or_two(text, selector):
    """Each spelling means one selector."""
    assert definitions.parse_periods(text) == selector


@pytest.mark.parametrize(
    "text",
    ["", "latest()", "latest(0)", "latest(-1)", "last(3)", "from", "202503..202404", "2024-04", "all 13", "..", "٢٠٢٤"],
)
def test_anything_else_is_refused(text):
    """A misspelling is told, with the spellings there are."""
    with pytest.raises(QueryError):
        definitions.parse_periods(text)


def test_periods_must_be_of_the_databases_frequency():
    """A month is no year."""
    with pytest.raises(QueryError):
        definitions.parse_periods("from 2024", Calendar(Frequency.MONTH))


def test_a_dimension_is_a_field_a_level_or_a_mapping(read, base):
    """The spellings give what they say."""
    db = read(base)
    ask = definitions.parse_dimension
    assert ask(db, "AREA") == Dimension("AREA", valueset="TOWN")
    assert ask(db, "AREA@WARD", Role.COLUMNS) == Dimension("AREA", valueset="WARD", role=Role.COLUMNS)
    assert ask(db, "Area") == Dimension("AREA", valueset="TOWN")
    assert ask(db, {"field": "PLOT", "total": True}) == Dimension("PLOT", valueset="C_PLOT", total=True)
    assert ask(db, {"field": "AREA", "codes": ["W2", "T1"]}).items == (
        Item((Node("WARD", "W2"),)),
        Item((Node("TOWN", "T1"),)),
    )
    assert ask(db, "MONTH") == Dimension("MONTH")


def test_codes_of_the_date_can_be_asked_of_a_release(read, base):
    """With the periods of a release the date is a field like any other."""
    db = read(base).with_periods(("202501", "202502"))
    asked = definitions.parse_dimension(db, {"field": "MONTH", "codes": ["202502"]})
    assert asked.items == (Item((Node("C_MONTH", "202502"),)),)


@pytest.mark.parametrize(
    ("given", "component"),
    [
        ("ARAE", "ARAE"),
        ("AREA@WRAD", "WRAD"),
        ({"field": "AREA", "codes": ["W9"]}, "W9"),
        ({"field": "AREA", "codes": ["W1@TOWN"]}, "W1"),
        ({"field": "AREA", "groups": {"g": ["T9"]}}, "T9"),
    ],
)
def test_an_unknown_name_is_named(read, base, given, component):
    """The error carries the name as it was sent."""
    with pytest.raises(UnknownNameError) as caught:
        definitions.parse_dimension(read(base), given)
    assert caught.value.component == component


@pytest.mark.parametrize("given", [{}, {"level": "WARD"}, {"field": "AREA", "wards": []}])
def test_a_mapping_that_is_no_dimension_is_refused(read, base, given):
    """Its keys are told."""
    with pytest.raises(QueryError, match="field"):
        definitions.parse_dimension(read(base), given)
