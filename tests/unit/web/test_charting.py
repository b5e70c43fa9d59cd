"""What an address says of a chart is read as it was written."""

from dataclasses import replace

import numpy as np
import pytest
from cubes import cube, dimension, measure

from statlas.charts import Kind, Quantity
from statlas.charts.choice import POINTS
from statlas.charts.choosing import choice_of
from statlas.charts.fitting import default_choice
from statlas.errors import QueryError
from statlas.model.query import Role
from statlas.web import charting


@pytest.fixture
def table():
    """Dates, areas of odd codes and sexes with a total; a count and a sum."""
    sides = (
        dimension("month", ["202401", "202402", "202403"], role=Role.WAFERS, is_date=True),
        dimension("area", ["a;1", "b:2", "c,%3", "d=4", "e@5", "f&6", "g+7"]),
        dimension("sex", ["m", "f"], role=Role.COLUMNS, total=True),
    )
    shape = tuple(len(side) for side in sides)
    numbers = np.arange(np.prod(shape)).reshape(shape) + 10
    return cube(sides, measure(numbers), measure(numbers * 1.5, id_="PAY:SUM", statistic="SUM", precision=2))


def _choices(table):
    yield default_choice(table)
    for kind in Kind:
        found = choice_of(table, kind)
        yield found
        yield replace(found, at=(("month", 0),))
        if kind in POINTS:
            yield replace(found, across=Quantity("PAY:SUM", (("sex", 2), ("month", 1))))
        else:
            yield replace(found, measure="PAY:SUM", x="sex", colour="", facet="area" if found.facet else "")
            yield replace(found, top=5)


def test_every_choice_is_read_as_it_is_written(table):
    """Whatever kind, fields, numbers and categories, with every sign in codes that means something in an address."""
    for made in _choices(table):
        assert charting.choice(table, charting.written(table, made)) == made


def test_what_is_so_unasked_is_not_in_the_address(table):
    """The default has no part at all, a kind's own choice one."""
    assert charting.written(table, default_choice(table)) == ()
    assert charting.written(table, choice_of(table, Kind.HEAT)) == (("kind", "heat"),)


@pytest.mark.parametrize(
    "part",
    [
        *(("kind", "pie"), ("x", "nope"), ("colour", "nope"), ("number", "NOPE"), ("top", "many"), ("top", "9" * 40)),
        *(("at", "sex:nope"), ("at", "nope"), ("at", "")),
    ],
)
def test_what_is_not_there_is_refused(table, part):
    """A misspelt part never gives another chart than the one meant; an empty one says nothing."""
    given = (("kind", "line"), part) if part[0] != "kind" else (part,)
    if part[1]:
        with pytest.raises(QueryError):
            charting.choice(table, given)
    else:
        assert charting.choice(table, given) == choice_of(table, Kind.LINE)
