"""The reports on a draft as text for a terminal: what was found first, then what was looked at."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator, Mapping

from statlas.model.finding import Check, DraftReports, Fact, Finding, Report, Severity
from statlas.wording import _, later, several

WIDTH = 100
"""Columns to which lines are folded; arbitrary: what a terminal mostly has."""

_HEADINGS = (
    ("screening", later("Are the figures right?")),
    ("risk", later("What could be learnt of people?")),
    ("changes", later("What changes?")),
)
_SEVERITIES = {
    Severity.PROBLEM: later("PROBLEM"),
    Severity.WARNING: later("WARNING"),
    Severity.NOTE: later("NOTE"),
}


def report_text(reports: DraftReports, *, accepted: Mapping[str, str] | None = None, width: int = WIDTH) -> str:
    """The reports as lines of text that end in a line break.

    Args:
        accepted: by the id of a finding the reason with which it was accepted.
        width: columns of the terminal.
    """
    reasons = accepted or {}
    lines = [_summary(reports, reasons), ""]
    for name, heading in _HEADINGS:
        lines += [_(heading), *_report(getattr(reports, name), reasons), ""]
    return "\n".join(_folded(_plain(line), width) for line in lines).rstrip("\n") + "\n"


def findings_text(reports: DraftReports, *, width: int = WIDTH) -> str:
    """What has to be answered, in full, as lines of text."""
    n = len(reports.to_answer)
    if not n:
        return f"  {_('the checks found nothing that needs a reason')}"
    said = several("the checks found {n} thing to look at:", "the checks found {n} things to look at:", n)
    lines = [f"  {said.format(n=n)}", *(line for finding in reports.to_answer for line in _finding(finding, None))]
    return "\n".join(_folded(_plain(line), width) for line in lines)


def _summary(reports: DraftReports, reasons: Mapping[str, str]) -> str:
    left = [finding for finding in reports.to_answer if finding.id not in reasons]
    if left:
        said = several("{n} finding waits for a reason.", "{n} findings wait for a reason.", len(left))
        return said.format(n=len(left))
    if reports.to_answer:
        return _("Every finding has been accepted with a reason.")
    return _("Nothing was found that needs a reason.")


def _report(report: Report, reasons: Mapping[str, str]) -> Iterator[str]:
    for finding in report.findings:
        yield from _finding(finding, reasons.get(finding.id))
    if not report.findings:
        yield f"  {_('Nothing was found.')}"
    if report.checks:
        yield f"  {_('Looked at')}"
        yield from map(_check, report.checks)
    if report.facts:
        yield f"  {_('Facts')}"
        yield from map(_fact, report.facts)


def _finding(finding: Finding, reason: str | None) -> Iterator[str]:
    yield f"  {_(_SEVERITIES[finding.severity])} {finding.where}  [{finding.check} {finding.id}]"
    yield f"    {finding.message}"
    if finding.was or finding.now:
        figures = _("Printed before: {was}. Printed now: {now}.")
        yield f"    {figures.format(was=finding.was or '-', now=finding.now or '-')}"
    if finding.mend:
        yield f"    {_('To do: {mend}').format(mend=finding.mend)}"
    if reason is not None:
        yield f"    {_('Accepted: {reason}').format(reason=reason)}"


def _check(check: Check) -> str:
    found = several("{n} found", "{n} found", check.found).format(n=check.found) if check.found else _("nothing found")
    beyond = _("; not looked at: {what}").format(what=check.left_out) if check.left_out else ""
    return f"    {check.title}: {found} ({check.looked_at}{beyond})"


def _fact(fact: Fact) -> str:
    return f"    {fact.label}: {fact.value}" + (f" ({fact.note})" if fact.note else "")


def _plain(text: str) -> str:
    """The text without what steers a terminal: a label is anybody's text."""
    return "".join(one if unicodedata.category(one)[0] != "C" else " " for one in text)


def _folded(line: str, width: int) -> str:
    indent = " " * (len(line) - len(line.lstrip(" ")))
    folded = textwrap.wrap(
        line.strip(), max(width, 40), initial_indent=indent, subsequent_indent=f"{indent}  ", break_long_words=False
    )
    return "\n".join(folded)
