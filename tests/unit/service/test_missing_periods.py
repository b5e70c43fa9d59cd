"""Periods that are lost, and gaps in a series."""

from __future__ import annotations

import pytest
import three_releases

from statlas import definitions
from statlas.model.database import Database
from statlas.service.tables.screening.periods import missing_periods


@pytest.fixture(scope="module")
def monthly(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """A database with a period each month."""
    path = tmp_path_factory.mktemp("pens") / "pens.yaml"
    path.write_text(three_releases.DEFINITION, "utf-8")
    return definitions.read(path)


@pytest.fixture(scope="module")
def yearly(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """One with a period each financial year."""
    path = tmp_path_factory.mktemp("years") / "pens.yaml"
    path.write_text(three_releases.DEFINITION.replace("frequency: month", "frequency: financial_year"), "utf-8")
    return definitions.read(path)


MONTHS = ("202411", "202412", "202501")


def messages(database: Database, before: tuple[str, ...], after: tuple[str, ...]) -> list[str]:
    """What is told."""
    return [finding.message for finding in missing_periods(database, before, after)]


def test_the_next_month_is_no_gap(monthly: Database) -> None:
    """Over the end of a year as well."""
    assert messages(monthly, MONTHS[:2], MONTHS) == []
    assert messages(monthly, MONTHS, MONTHS) == []


def test_a_month_left_out_is_a_gap(monthly: Database) -> None:
    """It is told between which months nothing lies."""
    (said,) = messages(monthly, MONTHS, (*MONTHS, "202503"))
    assert "January 2025 and March 2025" in said


def test_a_gap_that_is_usual_is_none(monthly: Database) -> None:
    """A quarterly series dated by months goes on each third month, and skips none."""
    quarters = ("202402", "202405", "202408", "202411")
    assert messages(monthly, quarters[:3], quarters) == []
    assert len(messages(monthly, quarters[:3], (*quarters[:3], "202502"))) == 1


def test_a_first_release_is_held_against_its_own_step(monthly: Database) -> None:
    """Of months with one left out the one is told; a lone month has no step."""
    assert len(messages(monthly, (), ("202401", "202402", "202403", "202405"))) == 1
    assert messages(monthly, (), ("202401",)) == []


def test_an_old_gap_is_not_told_again(monthly: Database) -> None:
    """What was published with a gap was explained then, and makes no other gap usual."""
    before = ("202401", "202402", "202403", "202406", "202407")
    assert messages(monthly, before, (*before, "202408")) == []
    assert len(messages(monthly, before, (*before, "202410"))) == 1


def test_a_period_that_is_lost_is_told(monthly: Database) -> None:
    """Each by itself, with the gap that it leaves not told twice."""
    (said,) = messages(monthly, MONTHS, (MONTHS[0], MONTHS[2]))
    assert "December 2024 was in the last release" in said


def test_years_are_counted_in_years(yearly: Database) -> None:
    """2025/26 follows 2024/25; 2026/27 does not."""
    assert messages(yearly, ("202324", "202425"), ("202324", "202425", "202526")) == []
    assert len(messages(yearly, ("202324", "202425"), ("202324", "202425", "202627"))) == 1
