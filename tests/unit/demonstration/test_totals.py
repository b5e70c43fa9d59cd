"""Totals from a few anchors, and the events that come of them."""

import numpy as np
import pytest

from statlas.demonstration.drawing import prepare
from statlas.demonstration.events import occur
from statlas.demonstration.made import DATABASES
from statlas.demonstration.months import month_number
from statlas.demonstration.places import read_map
from statlas.demonstration.recipe import Recipe
from statlas.demonstration.totals import between, blocks, read_caseload

PLACES = read_map(DATABASES / "geography")
SMALL = {
    "database": "none",
    "version": 1,
    "kind": "events",
    "first": "202001",
    "last": "202112",
    "unit": "ref",
    "unit_prefix": "SYN-X-",
    "period": "month",
    "ages": {"weights": {"otherwise": {"18-24": 1}}},
    "places": {"columns": {"authority": "authority"}},
    "write": ["ref", "month", "authority", "age"],
}


def recipe(totals, **changes):
    """A small recipe with those totals."""
    return Recipe.model_validate(SMALL | {"totals": totals} | changes)


def caseload(strata, unit=1.0, **changes):
    """Targets of strata."""
    return read_caseload(DATABASES, recipe({"unit": unit, "strata": strata}, **changes), PLACES)


def test_lines_run_between_anchors_and_level_beyond():
    """Straight between two periods, level before the first and after the last."""
    months = [month_number(period) for period in ("201912", "202001", "202007", "202101", "203001")]
    assert list(between({"202001": 0, "202101": 12}, months)) == [0, 0, 6, 12, 12]


def test_totals_are_the_anchors_in_their_unit():
    """All authorities together have what the anchors say."""
    found = caseload({"a": {"anchors": {"202001": 5, "202112": 5}, "spread": "people"}}, unit=1000)
    assert found.targets.sum(axis=(1, 2)) == pytest.approx(np.full(24, 5000))


def test_a_season_changes_months_and_not_years():
    """January stands out as its factor says, and a year adds up to what it would without."""
    season = [2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
    found = caseload({"a": {"anchors": {"202001": 100}, "spread": "people", "season": season}}).targets.sum(axis=(1, 2))
    assert found[0] == pytest.approx(2 * found[1])
    assert found[:12].sum() == pytest.approx(1200)


def test_regions_tilt_the_spread_and_keep_the_total():
    """A region with the factor 0 has nobody, also for a time alone, and the others have the more."""
    regions = {"S92000003": 0, "E12000007": {"202001": 0, "202012": 0, "202101": 1}}
    found = caseload({"a": {"anchors": {"202001": 100}, "spread": "people", "regions": regions}})
    by_region = {r: found.targets[:, found.authorities_of(r)].sum(axis=(1, 2)) for r in found.regions}
    assert not by_region["S92000003"].any()
    assert not by_region["E12000007"][:12].any()
    assert (by_region["E12000007"][12:] > 10).all()
    assert found.targets.sum(axis=(1, 2)) == pytest.approx(np.full(24, 100))


def test_regions_without_anybody_are_not_drawn():
    """They are in no block; a block holds as many regions as go in it."""
    found = caseload({"a": {"anchors": {"202001": 1000}, "spread": "people", "regions": {"S92000003": 0}}})
    assert "S92000003" not in [region for block in blocks(found, 1.0, 10**6) for region in block]
    assert len([*blocks(found, 1.0, 10**6)]) == 1
    assert len([*blocks(found, 1.0, 1)]) == 10


@pytest.mark.parametrize(
    "totals",
    [
        {},
        {"strata": {}},
        {"caseload": "a.csv"},
        {"strata": {"a": {"anchors": {}, "spread": "people"}}},
        {"strata": {"a": {"anchors": {"202001": 1}, "spread": "people"}}, "caseload": "a.csv", "shares": "b.csv"},
    ],
)
def test_totals_are_given_one_way(totals):
    """Anchors of strata, or both files; neither nothing nor both."""
    with pytest.raises(ValueError, match=r"give strata|at least 1 item"):
        recipe(totals)


def test_a_season_that_is_none_is_a_mistake():
    """It has a factor for each month."""
    with pytest.raises(AssertionError, match="twelve"):
        caseload({"a": {"anchors": {"202001": 1}, "spread": "people", "season": [1, 2]}})


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "panel"},
        {"kind": "events", "panel": {"leave": {"a": 0.1}}},
        {"each_period": [{"column": "x", "weights": {"a": 1}}]},
        {"kind": "panel", "panel": {"leave": {"a": 0.1}}, "ages": None},
    ],
)
def test_a_recipe_fits_its_kind(changes):
    """Claims of a panel leave and have ages; an event has one period."""
    with pytest.raises(ValueError, match=r"panel|age"):
        recipe({"strata": {"a": {"anchors": {"202001": 1}, "spread": "people"}}}, **changes)


# --- events -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["events", "snapshot"])
def test_records_are_as_many_as_the_totals(kind):
    """Each period has its total, but for the rounding of its cells."""
    one = recipe({"strata": {"a": {"anchors": {"202001": 3000}, "spread": "people"}}}, kind=kind)
    found = read_caseload(DATABASES, one, PLACES)
    counts = occur(one, found, found.regions, scale=1.0, seed=1).counts
    assert counts.sum(axis=(1, 2)) == pytest.approx(np.full(24, 3000), rel=0.02)


def test_rare_events_take_turns():
    """Of events a small authority has one now and then, as often as its target says, not always or never."""
    one = recipe({"strata": {"a": {"anchors": {"202001": 100}, "spread": "people"}}})
    found = read_caseload(DATABASES, one, PLACES)
    counts = occur(one, found, found.regions, scale=1.0, seed=1).counts[:, :, 0]
    order = np.concatenate([found.authorities_of(region) for region in found.regions])
    assert np.abs(counts.sum(axis=0) - found.targets[:, order, 0].sum(axis=0)).max() <= 1


def test_years_are_periods():
    """With twelve months from one to the next, periods are written as years."""
    changes = {"kind": "snapshot", "first": "2014", "last": "2021", "every": 12}
    yearly = recipe({"strata": {"a": {"anchors": {"2014": 100, "2021": 800}, "spread": "people"}}}, **changes)
    assert yearly.periods == ("2014", "2015", "2016", "2017", "2018", "2019", "2020", "2021")
    drawing = prepare(yearly, DATABASES, scale=1.0, seed=1)
    assert drawing.caseload.targets.sum(axis=(1, 2)) == pytest.approx(np.arange(100, 900, 100))
