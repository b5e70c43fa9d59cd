"""Tables from Python with measures and derived numbers."""

from __future__ import annotations

import numpy as np
import pytest
from homes import FEES, write_definition, write_records

import statlas
from statlas.errors import QueryError, UnknownNameError
from statlas.model.cube import CellStatus
from statlas.model.derived import Change, Percentage, Rank, Share, Since
from statlas.service import tables


@pytest.fixture(scope="module")
def clubs(tmp_path_factory):
    """A database of members who pay fees."""
    folder = tmp_path_factory.mktemp("clubs")
    home = tables.open_home(folder / "home")
    records = write_records(folder / "records.csv", n=600, fees=True)
    tables.publish(home=home, definition=write_definition(folder, more=FEES), records=[records])
    return statlas.open(home.path)["clubs"]


def test_measures_stand_in_the_order_asked(clubs):
    """Statistics, the first statistic of a measure, and the count."""
    cube = clubs.table(rows="SEX", measures=["FEE:MEAN", "MEMBERS", "FEE"])
    assert [m.id for m in cube.measures] == ["FEE:MEAN", "MEMBERS", "FEE:SUM"]
    assert [m.unit for m in cube.measures] == ["GBP", "member", "GBP"]
    assert cube.measures[0].values.dtype == np.float64


def test_one_measure_may_be_written_alone(clubs):
    """A text instead of a list."""
    assert clubs.table(rows="SEX", measures="FEE:MEDIAN").measures[0].label == "Median of Yearly fee"


def test_derived_numbers_are_written_as_in_definitions_or_as_nouns(clubs):
    """Mappings and classes mean the same, one by itself or several."""
    shared = {"rows": "AREA@TOWN", "columns": "SEX", "periods": "latest"}
    written = clubs.table(
        **shared, derived=[{"percentage": "row"}, {"change": "previous", "percent": True}, {"rank": "AREA"}]
    )
    nouns = (Percentage(Share.ROW), Change(Since.PREVIOUS, percent=True), Rank("AREA"))
    named = clubs.table(**shared, derived=nouns)
    for one, other in zip(written.measures, named.measures, strict=True):
        assert one.id == other.id
        assert np.array_equal(one.values, other.values)
    assert len(clubs.table(**shared, derived=nouns[0]).measures) == 2
    assert len(clubs.table(**shared, derived={"percentage": "row"}).measures) == 2


def test_a_formula_over_items_is_one_more_item(clubs):
    """The share of women in every town."""
    cube = clubs.table(
        rows="AREA@TOWN",
        columns="SEX",
        derived={"formula": "{1} / ({1} + {2}) * 100", "label": "% women", "field": "SEX"},
    )
    assert [item.label for item in cube.dimensions[2].items] == ["Female", "Male", "% women"]
    shares = cube.measures[0].values[..., 2][cube.measures[0].status[..., 2] == CellStatus.SHOWN]
    assert ((shares > 20) & (shares < 80)).all()
    assert "% women" in repr(cube)


def test_names_that_are_not_there_are_told(clubs):
    """With what there is."""
    with pytest.raises(UnknownNameError, match="FEE:SUM"):
        clubs.table(rows="SEX", measures="WAGE:SUM")
    with pytest.raises(QueryError, match="at character"):
        clubs.table(rows="SEX", derived={"formula": "{MEMBERS} ^ 2", "label": "squared"})


def test_a_database_tells_its_measures(clubs):
    """Beneath its fields."""
    assert "FEE: Yearly fee (SUM, MEAN, MEDIAN, P90)" in repr(clubs)


def test_a_plan_is_of_the_table_that_would_be_made(clubs):
    """The same arguments say how large the table is and whether the rules refuse it, and nothing is made."""
    plan = clubs.plan(rows="SEX", columns="AREA", measures="FEE:MEAN", periods="latest")
    cube = clubs.table(rows="SEX", columns="AREA", measures="FEE:MEAN", periods="latest")
    assert plan.cells == cube.n_cells
    assert not plan.refused
    assert {outcome.rule for outcome in cube.rules} <= {outcome.rule for outcome in plan.outcomes}
    with pytest.raises(UnknownNameError):
        clubs.plan(rows="SHOE_SIZE")
