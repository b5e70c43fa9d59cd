"""Mistakes planted in a new quarter of a caseload are found, each by name; a quarter without any is passed.

The claims are Jobseeker's Allowance of the demonstration, three years of it at the demonstration's size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import planted
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from planted import AFTER, LAST, NEXT, Plant, Quarters

from statlas.model.finding import DraftReports, Finding, Severity

BIRMINGHAM = "E08000025"
LONDON = "E09"


@pytest.fixture(scope="module")
def quarters(tmp_path_factory: pytest.TempPathFactory) -> Quarters:
    """Every quarter up to February 2025 is published."""
    return planted.quarters(tmp_path_factory.mktemp("jsa"))


def london_halved(table: pa.Table, seed: int = 1) -> pa.Table:
    """Half of London's records are missing."""
    london = np.asarray(pc.starts_with(table["authority"], LONDON))
    lost = london & (np.random.default_rng(seed).random(table.num_rows) < 0.5)
    return table.filter(pa.array(~lost))


def old_with_teenagers(table: pa.Table) -> pa.Table:
    """Everybody aged 20 has a youngest child of 16 to 19."""
    of_twenty = pc.equal(table["age"], 20)
    table = planted.with_column(table, "youngest", pc.if_else(of_twenty, "4", table["youngest"]))
    none = pc.equal(table["children"], "0")
    return planted.with_column(table, "children", pc.if_else(pc.and_(of_twenty, none), "1", table["children"]))


def of_london(table: pa.Table) -> pa.ChunkedArray:
    """Which records are London's."""
    return pc.starts_with(table["authority"], LONDON)


@dataclass(frozen=True)
class Planted:
    """A mistake, the check that must find it, where, and how many findings it may make at most."""

    plant: Plant
    check: str
    where: str
    most: int = 1
    more: tuple[str, ...] = ()


OF_BANDS = ("code-vanished", "code-appeared", "series-break", "combination-new", "combination-gone")
"""What amounts in other units do to the bands of amounts."""

MISTAKES = {
    "every claim twice": Planted(planted.doubled, "total-changed", "Jobseekers Allowance"),
    "a code vanished": Planted(
        lambda table: planted.recoded(table, "ethnicity", "A2", "W1"), "code-vanished", "Asian - Pakistani"
    ),
    "half of London missing": Planted(london_halved, "series-break", "London", most=3),
    "parents younger than their children": Planted(
        old_with_teenagers,
        "combination-new",
        "Age (bands and single year): 20; Age of youngest child: 16 to 19",
        most=6,
        more=("combination-gone", "series-break", "code-vanished"),
    ),
    "Birmingham nearly empty": Planted(
        lambda table: planted.without(table, "authority", [BIRMINGHAM], 0.96),
        "area-sparse",
        "Birmingham",
        most=9,
        more=("series-break", "code-vanished"),
    ),
    "pence for pounds": Planted(
        lambda table: planted.times(table, "award", 100), "units-changed", "pence and pounds", most=9, more=OF_BANDS
    ),
    "months for weeks": Planted(
        lambda table: planted.times(table, "award", 52 / 12), "units-changed", "a week and a month", 12, OF_BANDS
    ),
    "pence for pounds in London": Planted(
        lambda table: planted.times(table, "award", 100, of_london(table)),
        "series-break",
        "Mean of Weekly Award Amount, London rose to",
        most=4,
        more=("total-changed", "units-changed"),
    ),
}


def by_check(reports: DraftReports, check: str) -> list[Finding]:
    """The findings of one check."""
    return [finding for finding in reports.findings if finding.check == check]


@pytest.mark.parametrize("name", MISTAKES)
def test_a_planted_mistake_is_found(quarters: Quarters, name: str) -> None:
    """It is found by its check, where it is, and nothing is told that is not its consequence."""
    mistake = MISTAKES[name]
    reports = quarters.drafted(mistake.plant(quarters.of(NEXT)))
    found = by_check(reports, mistake.check)
    assert [f for f in found if mistake.where in f"{f.where} {f.message}"], reports.findings
    assert all(f.needs_reason and f.severity is not Severity.NOTE for f in found)
    assert {f.check for f in reports.screening} <= {mistake.check, *mistake.more}
    assert len(reports.screening) <= mistake.most, reports.findings
    assert len({f.id for f in reports.findings}) == len(reports.findings)


def test_a_clean_quarter_is_passed(quarters: Quarters) -> None:
    """The quarter as it was drawn has nothing to answer, in any of the reports."""
    reports = quarters.drafted(quarters.of(NEXT))
    assert reports.findings == ()
    assert len(reports.screening.checks) > 10
    assert all(check.looked_at for check in reports.screening.checks)


def test_a_change_that_was_real_is_told(quarters: Quarters) -> None:
    """From August 2025 claims that are no longer active are not counted: the break that its note explains is found."""
    reports = quarters.drafted(quarters.of(NEXT, AFTER))
    assert "No payment" in " ".join(f.message for f in by_check(reports, "series-break"))


def test_a_quarter_left_out_is_found(quarters: Quarters) -> None:
    """A file of August after one of February says that May is missing."""
    (finding,) = by_check(quarters.drafted(quarters.of(AFTER)), "period-missing")
    assert "Feb-25" in finding.message
    assert "Aug-25" in finding.message


def test_last_quarters_file_sent_again_is_found(quarters: Quarters) -> None:
    """May's records under August's name print May's numbers, every one."""
    records = quarters.of(NEXT)
    both = pa.concat_tables([records, planted.dated(records, AFTER)])
    (finding,) = by_check(quarters.drafted(both), "period-repeated")
    assert finding.severity is Severity.PROBLEM
    assert "Aug-25" in finding.where


def test_a_revision_that_loses_a_nation_is_found(quarters: Quarters) -> None:
    """February again, without half of Scotland: the other nations are not told of."""
    records = quarters.of(LAST)
    scotland = np.asarray(pc.starts_with(records["authority"], "S12"))
    kept = ~scotland | (np.random.default_rng(3).random(records.num_rows) < 0.5)
    reports = quarters.drafted(records.filter(pa.array(kept)))
    found = by_check(reports, "code-revised")
    assert "Scotland" in " ".join(f.where for f in found)
    assert not [f for f in found if "Wales" in f.where or "London" in f.where]
    (facts,) = [f for f in reports.risk.facts if f.label.startswith("Revised")]
    assert "version 2" in facts.note


def test_a_small_revision_is_no_finding(quarters: Quarters) -> None:
    """February again, with one claim in two hundred changed: numbers differ, and nobody has to say why."""
    records = quarters.of(LAST)
    some = pa.array(np.random.default_rng(4).random(records.num_rows) < 0.005)
    revised = planted.with_column(records, "sex", pc.if_else(some, "1", records["sex"]))
    assert quarters.drafted(revised).findings == ()


def test_the_same_cause_has_the_same_id(quarters: Quarters) -> None:
    """Two drafts that lose other halves of London are told of by the same ids, with other figures."""
    found = [quarters.drafted(london_halved(quarters.of(NEXT), seed)).screening.findings for seed in (1, 2)]
    one, two = ({f.id: f.now for f in findings if "London" in f.where} for findings in found)
    assert one
    assert one.keys() == two.keys()
    assert one != two
