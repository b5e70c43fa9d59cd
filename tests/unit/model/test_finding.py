"""Findings and their JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statlas.errors import DataError
from statlas.model.finding import (
    Check,
    DraftReports,
    Fact,
    Finding,
    Report,
    Severity,
    finding_id,
    from_json,
    gravest_first,
    to_json,
)

TEXT = st.text(max_size=8)
FINDINGS = st.builds(
    Finding, TEXT, TEXT, st.sampled_from(Severity), TEXT, TEXT, TEXT, TEXT, TEXT, st.booleans(),
    st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple),
)  # fmt: skip
REPORTS = st.builds(
    Report,
    st.lists(FINDINGS, max_size=3).map(tuple),
    st.lists(st.builds(Check, TEXT, TEXT, TEXT, st.integers(0, 99), TEXT), max_size=2).map(tuple),
    st.lists(st.builds(Fact, TEXT, TEXT, TEXT), max_size=2).map(tuple),
)


@given(st.builds(DraftReports, REPORTS, REPORTS, REPORTS))
def test_reports_come_back_from_their_json(reports: DraftReports) -> None:
    """Whatever is in a report survives its text, and equal reports have equal texts."""
    assert from_json(to_json(reports)) == reports
    assert to_json(from_json(to_json(reports))) == to_json(reports)


GOOD = json.loads(to_json(DraftReports(Report((Finding("a", "b", Severity.NOTE, "c", "d"),), (Check("e", "f", "g"),)))))


def _with(**changes: object) -> dict[str, object]:
    screening = GOOD["screening"]
    return {**GOOD, "screening": {**screening, "findings": [{**screening["findings"][0], **changes}]}}


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"[]",
        b"{",
        {**GOOD, "format": 2},
        {**GOOD, "more": {}},
        {key: GOOD[key] for key in ("format", "screening")},
        _with(severity="fatal"),
        _with(needs_reason="no"),
        _with(now=12),
        _with(place=[["AREA"]]),
        _with(unheard_of="x"),
        {**GOOD, "risk": {**GOOD["risk"], "checks": [{"id": "a", "title": "b", "looked_at": "c", "found": "1"}]}},
    ],
)  # fmt: skip
def test_damaged_reports_are_refused(wrong: object) -> None:
    """A text that is not what was written is refused, rather than read as a draft with nothing to answer."""
    with pytest.raises(DataError):
        from_json(wrong if isinstance(wrong, bytes) else json.dumps(wrong))


def test_an_id_is_of_the_cause_alone() -> None:
    """The same check of the same place has one id; another place, check or database has another."""
    one = finding_id("break", "hb", "REGION:E12", "202501", "down")
    assert one == finding_id("break", "hb", "REGION:E12", "202501", "down")
    others = {
        finding_id("total", "hb", "REGION:E12", "202501", "down"),
        finding_id("break", "uc", "REGION:E12", "202501", "down"),
        finding_id("break", "hb", "REGION:E1", "2202501", "down"),
        finding_id("break", "hb", "REGION:E12", "202501", "up"),
    }
    assert len(others) == 4
    assert one not in others


def test_the_gravest_comes_first() -> None:
    """Problems stand before warnings and notes, each in the order in which they were found."""
    found = tuple(Finding(f"{n}", "c", severity, "", "") for n, severity in enumerate([*reversed(Severity)] * 2))
    assert [f.severity for f in gravest_first(found)] == [s for s in Severity for _ in range(2)]
    assert [f.id for f in gravest_first(found)] == ["2", "5", "1", "4", "0", "3"]
