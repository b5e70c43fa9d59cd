"""Reports as text for a terminal."""

from __future__ import annotations

from statlas.cli.report_text import report_text
from statlas.model.finding import Check, DraftReports, Fact, Finding, Report, Severity

BROKEN = Finding(
    "1f2e3d4c5b6a7980",
    "series-break",
    Severity.WARNING,
    "Area: London; June 2025",
    "London fell by 48% from May to June 2025.",
    "12,345",
    "6,420",
    "Ask who delivers these records.",
)
FOUND = DraftReports(
    Report((BROKEN,), (Check("series-break", "Sudden breaks", "12 series", 1, "levels of more than 1,000 codes"),)),
    Report(facts=(Fact("Policy", "standard", "version 1"),)),
)


def test_a_finding_is_told_with_its_figures_and_what_to_do() -> None:
    """Where, what, was and now, what to do and the id by which it is accepted."""
    text = report_text(FOUND)
    assert text.startswith("1 finding waits for a reason.\n")
    for part in ("WARNING", "1f2e3d4c5b6a7980", "Area: London; June 2025", "12,345", "6,420", "To do: Ask"):
        assert part in text
    assert "Sudden breaks: 1 found (12 series; not looked at: levels of more than 1,000 codes)" in text
    assert "Policy: standard (version 1)" in text


def test_a_reason_that_was_given_stands_with_its_finding() -> None:
    """What has been accepted waits no more, and its reason is told."""
    text = report_text(FOUND, accepted={BROKEN.id: "The new system opened in June."})
    assert text.startswith("Every finding has been accepted with a reason.\n")
    assert "Accepted: The new system opened in June." in text


def test_nothing_found_is_said() -> None:
    """An empty report says so, rather than nothing."""
    assert report_text(DraftReports()).startswith("Nothing was found that needs a reason.\n")


def test_labels_do_not_steer_the_terminal() -> None:
    """Escapes, line breaks and turned writing in a label are blanks."""
    hostile = Finding("0" * 16, "c", Severity.NOTE, "Area: \x1b[2J\nHome\u202e", "A \x07 message\r\nPROBLEM faked")
    text = report_text(DraftReports(Report((hostile,))))
    assert not {"\x1b", "\x07", "\r", "\u202e"} & set(text)
    assert "\nPROBLEM faked" not in text


def test_lines_are_folded() -> None:
    """No line is wider than the terminal, but for a word that is."""
    long = Finding("0" * 16, "c", Severity.PROBLEM, "Area: " + "Long name " * 30, "word " * 60)
    text = report_text(DraftReports(Report((long,))), width=60)
    assert max(map(len, text.splitlines())) <= 60
