"""A release on its way: published once, then drafted, checked, approved and scheduled as people do it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from homes import write_definition, write_records

from statlas.model import finding as findings
from statlas.office.accounts import queries
from statlas.office.accounts.roles import Role
from statlas.service import tables
from statlas.service.office.actors import Actor
from statlas.service.office.releases import acting
from statlas.service.office.releases.facts import ReleaseFactsOfOffice
from statlas.service.tables import drafting
from statlas.store import Home

PLACE, CODE, PERIOD, MONTH, NOTE = "Zyzzybury", "QZX", "198803", "March 1988", "Quillfeather counted anew"
"""What the second release alone has: a place, its code, a month, and what is said of it."""

DEFINITION = """\
statlas: 1
id: pens
label: Pensions
unit: person
policy: standard
synthetic: true
source: A seeded generator
records: {{table: PENS, label: Pensioners, unit_id: person}}
date: {{id: MONTH, label: Month, valueset: C_MONTH, column: month, frequency: month}}
fields:
  - id: AREA
    label: Area
    kind: geography
    column: area
    levels:
      - {{id: V_AREA, label: Area, codes: {{N: North, E: East, S: South{more}}}}}
  - id: SEX
    label: Sex
    column: sex
    levels:
      - {{id: C_SEX, label: Sex, codes: {{"F": Female, "M": Male}}}}
tables:
  - {{id: areas, title: Pensioners by area, rows: [AREA], columns: [MONTH], periods: all, featured: true}}
"""


@dataclass
class Day:
    """A home in which ``pens`` has one release in public and one under way, and the people who see to it."""

    home: Home
    folder: Path
    producer: Actor
    approver: Actor
    draft: drafting.DraftReport
    row: ReleaseFactsOfOffice

    @property
    def release_id(self) -> str:
        """The id of the release under way, in the office."""
        return self.row.id


def drafted(folder: Path, now: datetime) -> Day:
    """The release is sealed, checked and approved by ``now``, and has no minute yet."""
    home = tables.open_home(folder / "home")
    tables.publish(home=home, definition=write_definition(folder), records=[write_records(folder / "clubs.csv")])
    tables.publish(home=home, definition=definition(folder, ""), records=[records(folder, ("198801", "198802"))])
    producer, approver = (Actor.of_account(queries.make(f"{r.value}@example.org", None, r)) for r in _ROLES)
    draft = drafting.draft(
        home=home,
        definition=definition(folder, f", {CODE}: {PLACE}"),
        records=[records(folder, (PERIOD,), ("N", "E", "S", CODE))],
        note=NOTE,
        by=producer.name,
    )
    row = acting.begin(home=home, draft=draft, actor=producer, now=now)
    for one in findings.from_json(draft.reports).to_answer:
        acting.accept(home=home, release_id=row.id, finding=one.id, reason="It is so.", actor=producer, now=now)
    acting.check(home=home, release_id=row.id, actor=producer, now=now)
    row = acting.approve(home=home, release_id=row.id, actor=approver, reason="Looked at it.", now=now)
    return Day(home, folder, producer, approver, draft, row)


def schedule(day: Day, moment: datetime, now: datetime | None = None) -> None:
    """Give the release its minute; ``now`` is five weeks before unless told."""
    day.row = acting.schedule(
        home=day.home,
        release_id=day.release_id,
        moment=moment,
        actor=day.approver,
        reason="A test of the minute.",
        exemption="Agreed for a test.",
        now=now or moment - timedelta(weeks=5),
    )


_ROLES = (Role.PRODUCER, Role.APPROVER)


def definition(folder: Path, more: str) -> Path:
    """The definition of ``pens`` in ``folder``, with ``more`` areas."""
    path = folder / "pens.yaml"
    path.write_text(DEFINITION.format(more=more), "utf-8")
    return path


def records(folder: Path, months: tuple[str, ...], areas: tuple[str, ...] = ("N", "E", "S"), n: int = 1_500) -> Path:
    """Records of ``pens`` in ``folder``, of these months and areas, ``n`` a month."""
    path = folder / "pens.csv"
    chance = np.random.default_rng(7)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("person", "area", "sex", "month"))
        for month in months:
            people = zip(chance.choice(areas, n), chance.choice(["F", "M"], n), strict=True)
            writer.writerows((f"P{number}", *person, month) for number, person in enumerate(people))
    return path
