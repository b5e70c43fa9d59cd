"""Risk and changes of a draft, and what is said where something cannot be looked at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import three_releases
from homes import DEFINITION, write_definition, write_records

from statlas.cli.report_text import report_text
from statlas.model.database import Database, ReadyTable
from statlas.model.finding import DraftReports, Finding, Severity, from_json, to_json
from statlas.model.protection import Protection, RuleSetting
from statlas.model.query import Dimension, Query
from statlas.model.release import Agreement, Manifest
from statlas.service import tables
from statlas.service.tables.counting import NOISE_BYTES, NOISE_SECRET
from statlas.service.tables.release_tables import ReleaseTables
from statlas.service.tables.reporting import reports
from statlas.service.tables.risk import risk_report
from statlas.service.tables.risk_policy import policy_findings
from statlas.service.tables.screening import Compared
from statlas.wording import PSEUDO, speaking


def reported(
    home: tables.Home, name: str, then: str | None, now: str, kind: str = "", **changes: Manifest
) -> DraftReports:
    """The reports on a release as if it were a draft, against another."""
    return reports(
        home=home,
        previous=changes.get("previous") or (home.manifest(name, then) if then else None),
        database=tables.database(home=home, database_id=name, release=now),
        manifest=changes.get("manifest") or home.manifest(name, now),
        noise_key=home.secret(NOISE_SECRET, NOISE_BYTES),
        kind=kind,
    )


def of_check(found: DraftReports, check: str) -> list[Finding]:
    """The findings of one check."""
    return [finding for finding in found.findings if finding.check == check]


@pytest.fixture(scope="module")
def pensions(tmp_path_factory: pytest.TempPathFactory) -> tables.Home:
    """A home with three releases, of which the third takes away a field and an area."""
    folder = tmp_path_factory.mktemp("pens")
    home = three_releases.first(folder)
    three_releases.second(home, folder)
    three_releases.third(home, folder)
    return home


def test_what_is_taken_away_is_told_with_its_last_number(pensions: tables.Home) -> None:
    """A code and a field that are gone must be explained; of the code it is told what it printed."""
    found = of_check(reported(pensions, "pens", "2", "3"), "breaking-change")
    west = next(finding for finding in found if "West" in finding.message)
    assert west.was.replace(",", "").isdigit()
    assert west.place == (("AREA", "W"),)
    assert any("Sex" in finding.message for finding in found)
    assert all(finding.needs_reason for finding in found)


def test_changes_are_facts(pensions: tables.Home) -> None:
    """A month more is minor and nothing to answer; it is told with the newest numbers."""
    changes = reported(pensions, "pens", "1", "2").changes
    facts = {fact.label: fact.value for fact in changes.facts}
    assert facts["Size of the change"].startswith("Minor")
    assert "Pensioners, March 2025" in facts
    assert not changes.findings


def test_a_correction_is_told_as_its_version_rises(tmp_path: Path) -> None:
    """A month put right is a patch, and each line of the report says so."""
    home = three_releases.first(tmp_path)
    three_releases.corrected(home, tmp_path)
    told = {kind: _size(reported(home, "pens", "1", "2", kind)) for kind in ("", "correction")}
    assert told[""] == ("Minor: everything asked before can be asked again.", {"minor"})
    assert told["correction"] == ("Patch: a correction, which adds and takes away nothing.", {"patch"})


def test_a_correction_that_adds_or_takes_away_is_no_patch(pensions: tables.Home) -> None:
    """What its users have to do does not depend on what it is called."""
    assert _size(reported(pensions, "pens", "1", "2", "correction"))[0].startswith("Minor")
    assert _size(reported(pensions, "pens", "2", "3", "correction"))[0].startswith("Major")


def _size(found: DraftReports) -> tuple[str, set[str]]:
    """How large the change is said to be, and of what level each line of it."""
    facts = found.changes.facts
    lines = {fact.note for fact in facts if fact.label == "Change"}
    return next(fact.value for fact in facts if fact.label == "Size of the change"), lines


@pytest.mark.parametrize(
    ("policy", "said"), [("open", "Revised"), ("standard", "Revised, with all their noise drawn anew")]
)
def test_a_revision_speaks_of_noise_only_where_there_is_some(tmp_path: Path, policy: str, said: str) -> None:
    """Exact numbers have none to draw anew."""
    home = three_releases.first(tmp_path, policy=policy)
    three_releases.corrected(home, tmp_path, policy=policy)
    facts = reported(home, "pens", "1", "2").risk.facts
    assert [fact.label for fact in facts if fact.label.startswith("Revised")] == [said]


def test_a_first_release_has_nothing_to_compare(pensions: tables.Home) -> None:
    """It is said that it is the first, and nothing has to be answered."""
    found = reported(pensions, "pens", None, "1")
    assert not found.to_answer
    assert any("first release" in fact.value for fact in found.changes.facts)


def test_reports_survive_their_text(pensions: tables.Home) -> None:
    """Real reports come back from their JSON as they were."""
    found = reported(pensions, "pens", "2", "3")
    assert from_json(to_json(found)) == found


def test_destroyed_records_are_no_passed_check(pensions: tables.Home) -> None:
    """Where the last release's records are gone nothing is compared, and that must be explained."""
    previous = pensions.manifest("pens", "2")
    gone = replace(previous, records=tuple(replace(r, path=f"{r.path}.gone") for r in previous.records))
    found = reported(pensions, "pens", "2", "3", previous=gone)
    (finding,) = of_check(found, "not-compared")
    assert finding.severity is Severity.PROBLEM
    assert finding.needs_reason
    assert of_check(found, "breaking-change")


def test_a_period_revised_often_is_told(pensions: tables.Home) -> None:
    """A fourth version of a period is named, with who agreed and why."""
    made = pensions.manifest("pens", "2")
    often = tuple(replace(r, epoch=3) if r.period == "202502" else r for r in made.records)
    agreed = (Agreement("202502", 3, "Jo Bloggs", "A court order.", "2025-03-01T09:30:00+00:00"),)
    found = reported(pensions, "pens", "1", "2", manifest=replace(made, records=often, agreements=agreed))
    (finding,) = of_check(found, "revised-often")
    assert "Jo Bloggs agreed: A court order." in finding.message
    assert "4th" in finding.message


@pytest.fixture(scope="module")
def clubs(tmp_path_factory: pytest.TempPathFactory) -> tables.Home:
    """300 members in five towns; the second release moves one small town to another county, over the same records."""
    folder = tmp_path_factory.mktemp("clubs")
    home = tables.open_home(folder / "home")
    records = write_records(folder / "r.csv", n=300)
    tables.publish(home=home, definition=write_definition(folder), records=[records])
    moved = DEFINITION.format(policy="standard").replace(
        "N3: {label: Corley, parent: N}", "N3: {label: Corley, parent: S}"
    )
    (folder / "clubs.yaml").write_text(moved, "utf-8")
    tables.publish(home=home, definition=folder / "clubs.yaml", records=[])
    return home


def test_areas_redrawn_by_few_people_are_told(clubs: tables.Home) -> None:
    """Both counties differ from before by the few people of one town, which a reader of both releases would learn."""
    found = of_check(reported(clubs, "clubs", "1", "2"), "redrawn-by-few")
    assert {finding.place[-1] for finding in found} == {("AREA", "N"), ("AREA", "S")}
    assert all(finding.was != finding.now for finding in found)


def test_what_hides_more_than_before_is_told(clubs: tables.Home) -> None:
    """A month sent again with a tenth of its members empties the ready-made table."""
    folder = clubs.path.parent
    few = write_records(folder / "few.csv", months=("202502",), n=30, seed=3)
    tables.publish(home=clubs, definition=folder / "clubs.yaml", records=[few])
    found = reported(clubs, "clubs", "2", "3")
    (hidden,) = of_check(found, "hidden-more")
    assert hidden.was.endswith("%")
    assert int(hidden.was.rstrip("%")) < int(hidden.now.rstrip("%"))
    assert of_check(found, "total-changed")


def _protected(home: tables.Home, protection: Protection) -> ReleaseTables:
    database: Database = tables.database(home=home, database_id="pens", release="2")
    changed = replace(database, policy=protection.name, protection=protection)
    return ReleaseTables.of_draft(home, changed, home.manifest("pens", "2"), b"0" * 16)


STANDARD = Protection()
WEAKER = {
    "a weaker preset": Protection("light", 1, "light"),
    "no protection": Protection("open", 1, "open"),
    "a rule that is off": Protection(rules=(RuleSetting("mean_cell_size", "Because.", on=False),)),
    "more variables": Protection(rules=(RuleSetting("max_variables", "Because.", limit=6),)),
    "areas of any size": Protection(rules=(RuleSetting("min_area_population", "Because.", on=False),)),
}
STRONGER = {
    "a stronger preset": Protection("strong", 1, "strong"),
    "a higher threshold": Protection(threshold=10),
    "fewer variables": Protection(rules=(RuleSetting("max_variables", "Because.", limit=4),)),
    "another rule": Protection(rules=(RuleSetting("sparsity", "Because."),)),
    "another version": Protection(version=2),
}


def _policy(home: tables.Home, was: Protection, now: Protection) -> list[Finding]:
    draft, last = _protected(home, now), _protected(home, was)
    return [*policy_findings(Compared(draft, last, last.manifest.periods))]


@pytest.mark.parametrize("name", WEAKER)
def test_weaker_protection_is_a_problem(pensions: tables.Home, name: str) -> None:
    """Whatever protects less than before is told as a problem, and its way back is none."""
    found = _policy(pensions, STANDARD, WEAKER[name])
    assert "policy-weaker" in {finding.check for finding in found}
    assert all(finding.severity is Severity.PROBLEM for finding in found if finding.check == "policy-weaker")
    back = _policy(pensions, WEAKER[name], STANDARD)
    assert "policy-weaker" not in {finding.check for finding in back}


@pytest.mark.parametrize("name", STRONGER)
def test_stronger_protection_is_told_and_is_no_problem(pensions: tables.Home, name: str) -> None:
    """It changes numbers all the same, so somebody says why."""
    found = _policy(pensions, STANDARD, STRONGER[name])
    assert {finding.check for finding in found} == {"policy-changed"}
    assert all(finding.needs_reason for finding in found)


def test_the_same_protection_is_told_of_nowhere(pensions: tables.Home) -> None:
    """Nothing is said of a policy that is as it was."""
    assert _policy(pensions, STANDARD, STANDARD) == []


def test_a_ready_made_table_that_cannot_be_made_is_told(pensions: tables.Home) -> None:
    """With the rule's own words, and each of two tables of one title by itself."""
    database = tables.database(home=pensions, database_id="pens", release="2")
    wide = Query("pens", dimensions=tuple(Dimension(name) for name in ("AREA", "AGE", "SEX")))
    ready = tuple(ReadyTable(name, "Everything", wide) for name in ("one", "two"))
    strict = Protection(rules=(RuleSetting("max_variables", "Because.", limit=2),))
    changed = replace(database, tables=ready, protection=strict)
    draft = ReleaseTables.of_draft(
        pensions, changed, pensions.manifest("pens", "2"), pensions.secret(NOISE_SECRET, NOISE_BYTES)
    )
    found = [f for f in risk_report(Compared(draft, None)) if f.check == "table-refused"]
    assert len({finding.id for finding in found}) == 2
    assert "too many variables" in found[0].message


def test_every_sentence_can_be_translated(pensions: tables.Home) -> None:
    """What is no label and no figure passes the catalogue, in each report and in its text for a terminal."""
    with speaking(PSEUDO):
        found = reported(pensions, "pens", "2", "3")
        text = report_text(found)
    assert len(found.findings) > 2
    for finding in found.findings:
        assert "⟦" in finding.message, finding
        assert "⟦" in finding.mend, finding
    for report in (found.screening, found.risk, found.changes):
        assert all("⟦" in check.title and "⟦" in check.looked_at for check in report.checks)
        assert all("⟦" in f"{fact.label}{fact.value}{fact.note}" for fact in report.facts)
    for word in ("PROBLEM", "WARNING", "Looked at", "Facts", "To do", "waits for"):
        assert word not in text


def test_a_check_that_could_not_be_made_says_so(pensions: tables.Home) -> None:
    """A first release of two months has no past: what needs one says that it looked at nothing, or left periods out."""
    found = reported(pensions, "pens", None, "1")
    checks = {check.id: check for report in (found.screening, found.risk) for check in report.checks}
    for name in ("series-break", "total-changed", "units-changed", "code-appeared", "combination-new"):
        assert "2 new periods, as there are fewer than" in checks[name].left_out, name
    for name in ("code-revised", "policy-weaker", "hidden-more", "redrawn-by-few"):
        assert checks[name].looked_at.startswith("nothing"), name
    assert not checks["period-missing"].left_out
