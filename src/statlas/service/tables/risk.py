"""What could be learnt of people from a draft: what is hidden, which rules bite, and what the last release adds.

Shares, areas and rules are read off printed tables; nobody who reads this knows more than a reader of the release.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from statlas.errors import StatlasError
from statlas.model.cells import CellStatus
from statlas.model.classification import Valueset
from statlas.model.cube import Cube
from statlas.model.database import FieldKind
from statlas.model.finding import Check, Fact, Finding, Report, Severity, finding_id, gravest_first
from statlas.service.tables import risk_comparing, risk_policy
from statlas.service.tables.release_tables import ReleaseTables
from statlas.service.tables.screening.compared import Compared
from statlas.service.tables.screening.wording import named
from statlas.wording import _, several

HIDDEN, REFUSED = "hidden-more", "table-refused"

MOST_TABLES = 20
"""Ready-made tables that are looked at, the first of them."""
MOST_AREAS = 10_000
"""Areas of a level that is looked at."""
MOST_NAMED = 20
"""Areas without a number that are named; of more, how many."""
RISES = 0.1
"""Rise of the share of hidden cells that is told of: a tenth of all cells; arbitrary."""
LEAST_CELLS = 10
"""Cells below which a share says little; arbitrary."""


@dataclass(frozen=True)
class _Seen:
    """What a table shows: its cells, how many print no number, and what its rules said; or why it cannot be made."""

    title: str
    n_cells: int = 0
    n_hidden: int = 0
    rules: tuple[str, ...] = ()
    why_not: str = ""

    @property
    def share(self) -> float:
        return self.n_hidden / max(self.n_cells, 1)


def risk_report(compared: Compared) -> Report:
    """What could be learnt of people from the draft."""
    now, was = _seen(compared.draft), _seen(compared.last) if compared.last else {}
    found = [
        *risk_policy.policy_findings(compared),
        *_table_findings(compared, now, was),
        *risk_comparing.comparing_findings(compared),
    ]
    facts = (
        *risk_policy.policy_facts(compared.draft),
        *_table_facts(now, was),
        *_area_facts(compared.draft),
        *risk_comparing.comparing_facts(compared),
    )
    checks = _with_numbers(_checks(compared, len(now)), found)
    return Report(gravest_first(tuple(found)), checks, facts)


def _with_numbers(checks: Iterator[Check], found: list[Finding]) -> tuple[Check, ...]:
    ids = [finding.check for finding in found]
    return tuple(Check(c.id, c.title, c.looked_at, ids.count(c.id), c.left_out) for c in checks)


def _checks(compared: Compared, n_tables: int) -> Iterator[Check]:
    tables = several("{n} ready-made table", "{n} ready-made tables", n_tables).format(n=n_tables)
    beyond = len(compared.database.tables) - MOST_TABLES
    left_out = several("{n} ready-made table", "{n} ready-made tables", beyond).format(n=beyond) if beyond > 0 else ""
    none = _("nothing: there is no last release to compare with")
    protection = _("the policy and every rule") if compared.last else none
    yield Check(risk_policy.WEAKER, _("Weaker protection"), protection)
    yield Check(risk_policy.CHANGED, _("Other changes of protection"), protection)
    yield Check(HIDDEN, _("Tables that hide more than before"), tables if compared.last else none, left_out=left_out)
    yield Check(REFUSED, _("Tables that cannot be made"), tables, left_out=left_out)
    revised = several("{n} revised period", "{n} revised periods", len(compared.revised))
    yield Check(risk_comparing.OFTEN, _("Periods revised often"), revised.format(n=len(compared.revised)))
    yield Check(
        risk_comparing.SLIVER, _("Areas and categories redrawn by few people"), risk_comparing.looked_at(compared)
    )


def _seen(tables: ReleaseTables) -> dict[str, _Seen]:
    """For each ready-made table, by its id, what it shows."""
    ready_tables = tables.database.tables[:MOST_TABLES]
    return {ready.id: _look(ready.title, tables.answer(ready.query)) for ready in ready_tables}


def _look(title: str, cube: Cube | StatlasError) -> _Seen:
    if isinstance(cube, StatlasError):
        return _Seen(title, why_not=cube.message)
    hidden = sum(int(np.isin(m.status, (CellStatus.LOW, CellStatus.CONFIDENTIAL)).sum()) for m in cube.measures)
    said = tuple(
        _("{rule} blocks {n:,} of {all:,} areas").format(rule=one.rule, n=one.blocked, all=one.evaluated)
        for one in cube.rules
        if one.blocked
    )
    return _Seen(title, cube.n_cells * len(cube.measures), hidden, said)


def _table_facts(now: Mapping[str, _Seen], was: Mapping[str, _Seen]) -> Iterator[Fact]:
    for table_id, seen in now.items():
        if seen.why_not:
            yield Fact(seen.title, _("cannot be made"), seen.why_not)
            continue
        before = was.get(table_id)
        has_been = before is not None and not before.why_not
        last = _("{share:.0%} in the last release").format(share=before.share) if before and has_been else ""
        value = _("{share:.0%} of {n:,} cells print no number").format(share=seen.share, n=seen.n_cells)
        yield Fact(seen.title, value, "; ".join((*seen.rules, *filter(None, [last]))))


def _table_findings(compared: Compared, now: Mapping[str, _Seen], was: Mapping[str, _Seen]) -> Iterator[Finding]:
    for table_id, seen in now.items():
        before = was.get(table_id)
        if seen.why_not:
            yield _refused(compared, table_id, seen)
        elif before and before.n_cells >= LEAST_CELLS and seen.share - before.share > RISES:
            yield _hidden(compared, table_id, before, seen)


def _refused(compared: Compared, table_id: str, seen: _Seen) -> Finding:
    return Finding(
        finding_id(REFUSED, compared.database.id, table_id),
        REFUSED,
        Severity.PROBLEM,
        seen.title,
        _("This ready-made table cannot be made: {why}").format(why=seen.why_not),
        mend=_("Change the table in the definition, or take it out."),
    )


def _hidden(compared: Compared, table_id: str, before: _Seen, seen: _Seen) -> Finding:
    said = _("{now:.0%} of the cells of this table print no number; in the last release it was {was:.0%}.")
    return Finding(
        finding_id(HIDDEN, compared.database.id, table_id),
        HIDDEN,
        Severity.WARNING,
        seen.title,
        said.format(now=seen.share, was=before.share),
        f"{before.share:.0%}",
        f"{seen.share:.0%}",
        _("See whether records are missing, or whether the table should be coarser."),
    )


def _area_facts(tables: ReleaseTables) -> Iterator[Fact]:
    """For each geography and level how many areas print no number at the newest period; equal levels once."""
    told: set[tuple[tuple[str, ...], bytes]] = set()
    for field in tables.database.categories:
        for level in field.classification.valuesets if field.kind is FieldKind.GEOGRAPHY else ():
            series = tables.series(tables.manifest.periods[-1:], ((field.id, level.nodes()),)) if _few(level) else None
            key = (tuple(code.id for code in level), b"" if series is None else series.status.tobytes())
            if series is None or key in told:
                continue
            told.add(key)
            none = np.flatnonzero(np.isin(series.status[0], (CellStatus.LOW, CellStatus.CONFIDENTIAL))).tolist()
            if none:
                value = _("{n:,} of {all:,} areas print no number").format(n=len(none), all=len(level))
                names = named(level.codes[n].label for n in none) if len(none) <= MOST_NAMED else ""
                yield Fact(f"{field.label}: {level.label}", value, names)


def _few(level: Valueset) -> bool:
    return len(level) <= MOST_AREAS
