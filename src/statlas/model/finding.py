"""What the reports on a draft found: strange figures, risks and changes, each in a sentence that a person can answer.

Everything here is text and printed figures; a number that would not be printed has no place in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from statlas.errors import DataError

Place = tuple[tuple[str, str], ...]
"""Where a finding is: pairs of field id and code, the date field first where a period is meant; empty for the whole."""

_ID_LENGTH = 16
_FORMAT = 1


class Severity(StrEnum):
    """How grave a finding is.

    PROBLEM: most likely a mistake, not to be published unless somebody knows why it is right.
    WARNING: unusual, to be explained. NOTE: worth knowing, nothing to answer.
    """

    PROBLEM = "problem"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One thing found, such as *London fell by 48% from May to June 2025*.

    id: 16 hexadecimal digits of its cause: the same cause has the same id in every draft, whatever its figures.
    check: which check found it, ``series-break``. where: the place in words; ``place`` is the same as ids.
    message: one plain sentence. mend: what to do about it.
    was, now: figures as printed, *12,345* or *low*; empty where there is none.
    needs_reason: whether it must be accepted with a reason before the release goes on.
    """

    id: str
    check: str
    severity: Severity
    where: str
    message: str
    was: str = ""
    now: str = ""
    mend: str = ""
    needs_reason: bool = True
    place: Place = ()


@dataclass(frozen=True)
class Fact:
    """A line of a report that is no finding: ``Fact("Cells without a number", "12%", "Area by sex")``."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Check:
    """What one check looked at: ``Check("series-break", "Sudden breaks", "1,204 series of 12 fields", 2)``.

    found: how many findings are its own. left_out: what it did not look at, and why; empty if it saw everything.
    """

    id: str
    title: str
    looked_at: str
    found: int = 0
    left_out: str = ""


@dataclass(frozen=True)
class Report:
    """One report: what was found, the gravest first, what was looked at for it, and lines of facts."""

    findings: tuple[Finding, ...] = ()
    checks: tuple[Check, ...] = ()
    facts: tuple[Fact, ...] = ()

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)


@dataclass(frozen=True)
class DraftReports:
    """The three reports on a draft: are the figures right, what could be learnt from them, and what is new."""

    screening: Report = field(default_factory=Report)
    risk: Report = field(default_factory=Report)
    changes: Report = field(default_factory=Report)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, of the screening first."""
        return (*self.screening, *self.risk, *self.changes)

    @property
    def to_answer(self) -> tuple[Finding, ...]:
        """The findings that must be accepted with a reason, one by one."""
        return tuple(finding for finding in self.findings if finding.needs_reason)


def finding_id(check: str, database: str, *cause: str) -> str:
    """The id of a cause: of the check and of what it found where, never of figures.

    Args:
        cause: words that stay the same while the cause does: codes, periods, a direction.
    """
    text = json.dumps([check, database, *cause], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_ID_LENGTH]


_ORDER = {severity: n for n, severity in enumerate(Severity)}


def gravest_first(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings by severity, otherwise in their order."""
    return tuple(sorted(findings, key=lambda finding: _ORDER[finding.severity]))


def to_json(reports: DraftReports) -> str:
    """The reports as JSON text, the same for equal reports."""
    data = {"format": _FORMAT, **{name: _data(getattr(reports, name)) for name in _REPORTS}}
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def from_json(text: str | bytes) -> DraftReports:
    """The reports that ``to_json`` wrote.

    Raises:
        DataError: the text is none of its.
    """
    try:
        data = json.loads(text)
        if data["format"] == _FORMAT and data.keys() == {"format", *_REPORTS}:
            return DraftReports(**{name: _report(data[name]) for name in _REPORTS})
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise DataError("The reports of a draft cannot be read.", mend="Make the draft again.")


_REPORTS = ("screening", "risk", "changes")


def _data(report: Report) -> dict[str, Any]:
    findings = [{**vars(finding), "place": [list(pair) for pair in finding.place]} for finding in report.findings]
    return {"findings": findings, "checks": [*map(vars, report.checks)], "facts": [*map(vars, report.facts)]}


def _report(data: Mapping[str, Any]) -> Report:
    findings, checks, facts = data["findings"], data["checks"], data["facts"]
    return Report(
        tuple(_finding(one) for one in findings),
        tuple(Check(**_checked(one, n=("found",))) for one in checks),
        tuple(Fact(**_checked(one)) for one in facts),
    )


def _finding(data: Mapping[str, Any]) -> Finding:
    rest = {key: value for key, value in data.items() if key not in ("place", "severity", "needs_reason")}
    place = tuple((str(field_id), str(code)) for field_id, code in data["place"])
    if not isinstance(data["needs_reason"], bool):
        raise TypeError
    return Finding(
        **_checked(rest), severity=Severity(data["severity"]), needs_reason=data["needs_reason"], place=place
    )


def _checked(data: Mapping[str, Any], n: tuple[str, ...] = ()) -> dict[str, Any]:
    """The values by name, each text, or a whole number where one is meant."""
    for key, value in data.items():
        if type(value) is not (int if key in n else str):
            raise TypeError
    return dict(data)
