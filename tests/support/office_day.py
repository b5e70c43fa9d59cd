"""Kill -9 at any moment of a release day as the office lives it, and see what is left and how the day goes on.

``python office_day.py FOLDER MOMENTS SEED``: a producer seals a draft and puts it under way, accepts what the checks
found, calls it checked; another approves it and sets its minute; the keeper makes it ready and opens it; it is
withdrawn and restored. A child goes through that day and kills itself when it has touched a file, or asked the site's
database, for the n-th time; of what it writes to the audit log then, half is written.

After each kill readers get the one release or the other, and then whoever was at work goes on: they ask for the next
step at once, or after the keeper has started again, and do what they are told; some are killed again.
Prints how often what was seen.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread
from typing import Any

from statlas.web.configuration import Settings
from statlas.web.server import prepare

FOLDER = Path(sys.argv[1])
HOME, FIRST = FOLDER / "home", FOLDER / "first"
HOME.mkdir()
prepare(replace(Settings.from_environment(), home=HOME))

# Everything is loaded before the first fork, and nothing of it is used: a child opens the database itself.
import release_day  # noqa: E402 - the settings come first
from children import in_child, told  # noqa: E402
from deaths import Death  # noqa: E402
from django.db import connections  # noqa: E402
from django.template import engines  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import get_resolver  # noqa: E402
from fake_clock import FakeClock  # noqa: E402

from statlas.engine.cuboids import choosing  # noqa: E402
from statlas.errors import KeeperGoneError, StatlasError  # noqa: E402
from statlas.model import finding as findings  # noqa: E402
from statlas.model.release_times import release_moment  # noqa: E402
from statlas.office.accounts import queries as accounts  # noqa: E402
from statlas.office.accounts.roles import Role  # noqa: E402
from statlas.office.acts.models import KeptAct  # noqa: E402
from statlas.office.calendar.models import AnnouncedChange  # noqa: E402
from statlas.office.releases import queries  # noqa: E402
from statlas.office.releases.models import Move  # noqa: E402
from statlas.office.releases.states import State  # noqa: E402
from statlas.service import tables  # noqa: E402
from statlas.service.keeper import asking, drafts  # noqa: E402
from statlas.service.keeper.clocks import MachineClock  # noqa: E402
from statlas.service.keeper.tending import Minute  # noqa: E402
from statlas.service.office import calendar, keeper_line  # noqa: E402
from statlas.service.office.actors import Actor  # noqa: E402
from statlas.service.office.releases import acting  # noqa: E402
from statlas.service.tables import auditing, drafting, standing  # noqa: E402
from statlas.store import Home  # noqa: E402

get_resolver().url_patterns  # noqa: B018 - loads every page
choosing.FIXED_ROWS = 0

MINUTE = release_moment(date(2026, 4, 14))
BEFORE = MINUTE - timedelta(weeks=5)
COME = FOLDER / "the minute has come"
WORDS = (release_day.PLACE, release_day.CODE, release_day.MONTH, release_day.PERIOD, release_day.NOTE)
TABLE = "/databases/pens/table.csv?rows=AREA&columns=MONTH"
PUBLIC = (
    TABLE,
    "/databases/pens",
    "/databases/pens/codes.csv",
    "/databases/pens/releases",
    "/api/v1/databases/pens",
    "/releases",
    "/",
)
LIFE = ["begin", "accept", "check", "approve", "schedule", "open", "withdraw", "restore"]


# --- the day ----------------------------------------------------------------------------------------------------------


class Day:
    """What people and the keeper do, one step after the other; each follows from what they are shown."""

    def __init__(self, home: Home, clock: FakeClock, tell: Callable[[str], None] = lambda _step: None) -> None:
        tell("morning")
        self.home, self.clock, self.tell = home, clock, tell
        self.amina, self.ben = (
            Actor.of_account(accounts.find(f"{name}@example.org"), os_user="") for name in ("amina", "ben")
        )

    def start_keeper(self) -> None:
        """The keeper starts, or starts again."""
        self.tell("keeper")
        self.minute = Minute(self.home, self.clock)
        self.minute.tick()

    def to_end(self) -> None:
        """All that is left of the day."""
        self.start_keeper()
        while self.step():
            pass
        self.tell("evening")
        self.clock.go(120)
        trouble = self.minute.tick()
        assert not trouble, trouble

    def step(self) -> bool:
        """Whatever is next; False where the day is over."""
        row = queries.by_number("pens", "2")
        state = State(row.state) if row is not None else None
        if state is State.RESTORED:
            return False
        self.tell(state.value if state else "begin")
        given = {"home": self.home, "release_id": row.pk if row else "", "now": self.clock.now()}
        match state:
            case None:
                self.begin()
            case State.DRAFT:
                self.check(given)
            case State.CHECKED:
                acting.approve(**given, actor=self.ben, reason="Looked at it.")
            case State.APPROVED:
                acting.schedule(**given, actor=self.ben, moment=MINUTE, title="Pensions")
            case State.SCHEDULED:
                self.open()
            case State.PUBLIC:
                acting.withdraw(**given, actor=self.ben, reason="The North is wrong.")
            case State.WITHDRAWN:
                acting.restore(**given, actor=self.ben, reason="The North was right.")
            case _:
                raise AssertionError(f"nobody made it {state}")
        return True

    def begin(self) -> None:
        """Make a draft and put it under way; where one lies there already, do what the refusal says."""
        try:
            acting.require_may_begin(account=self.amina.account, database_id="pens", home=self.home)
        except StatlasError as error:
            adopted = re.search(r"statlas release adopt ([0-9a-f]{32})", error.mend or "")
            if adopted is None:
                raise
            acting.adopt(home=self.home, draft_id=adopted[1], actor=self.amina, now=self.clock.now())
            return
        draft = drafting.draft(
            home=self.home,
            definition=FOLDER / "new" / "pens.yaml",
            records=[FOLDER / "new" / "pens.csv"],
            note=release_day.NOTE,
            by=self.amina.name,
        )
        self.tell("sealed")
        acting.begin(home=self.home, draft=draft, actor=self.amina, now=self.clock.now())

    def check(self, given: dict[str, Any]) -> None:
        """Accept what the checks found, and call it checked; the keeper makes it ready meanwhile."""
        self.tell("ready")
        drafts.Ready(self.home).look()
        self.tell("accept")
        row = queries.find(given["release_id"])
        answered = {one.finding for one in queries.answers(row)}
        for finding in self.found(row):
            if finding not in answered:
                acting.accept(**given, finding=finding, actor=self.amina, reason="It is so.")
        self.tell("check")
        acting.check(**given, actor=self.amina)

    def found(self, row: Any) -> list[str]:
        """The findings that need a reason; of a draft that was taken up, the keeper tells them."""
        if row.to_answer is not None:
            return list(row.to_answer)
        ask = {"home": self.home, "act": "reports", "account": self.amina.account.pk, "release": row.pk}
        try:
            told = keeper_line.ask(**ask)
        except KeeperGoneError as error:
            if "statlas keeper" not in error.mend:
                raise
            answers = MachineClock(Event())
            Thread(target=lambda: asking.answer(home=self.home, clock=answers), daemon=True).start()
            until = 200
            while until:
                with suppress(KeeperGoneError):
                    told = keeper_line.ask(**ask)
                    break
                until -= 1
                Event().wait(0.05)
            assert until, "the keeper answers"
        return [one.id for one in findings.from_json(told).to_answer]

    def open(self) -> None:
        """The keeper waits for the minute, and opens."""
        if not drafts.is_ready(self.home, queries.by_number("pens", "2").draft_id):
            drafts.Ready(self.home).look()
        if self.clock.now() < MINUTE:
            self.clock.go_to(MINUTE - timedelta(seconds=1))
            assert not self.minute.tick()
            assert "2" not in self.home.all_releases("pens")
            self.clock.go_to(MINUTE)
        COME.touch()
        self.tell("minute")
        trouble = self.minute.tick()
        assert not trouble, trouble


# --- a death ----------------------------------------------------------------------------------------------------------


def killed_at(n: int) -> list[tuple[str, int]]:
    """Go through the day until the n-th moment; if it is over before, its steps and how many moments it had."""
    death = Death(n, HOME)
    Day(Home(HOME), clock_now(), death.tell).to_end()
    return [*death.steps, ("", death.seen)]


def clock_now() -> FakeClock:
    """The clock of whoever starts now: five weeks before the minute, or some seconds after it."""
    clock = FakeClock(BEFORE)
    if COME.exists():
        clock.go_to(MINUTE + timedelta(seconds=5))
    return clock


# --- what is left -----------------------------------------------------------------------------------------------------


def asked(address: str) -> tuple[int, str]:
    """What the site answers to anybody."""
    got = Client(SERVER_NAME="localhost", raise_request_exception=False).get(address)
    body = b"".join(got.streaming_content) if got.streaming else got.content
    return got.status_code, body.decode()


def tables_of() -> dict[str, str]:
    """The table of each release, as a file of the site, and what the database answers by itself."""
    return {release: asked(f"{TABLE}&release={release}")[1] for release in ("1", "2")}


def look(first: str, second: str) -> str:
    """Right after the kill: what readers get, and what verify says. Which releases answer."""
    home = Home(HOME)
    there, answering = home.all_releases("pens"), home.releases("pens")
    assert there == ("1",) or (COME.exists() and there == ("1", "2")), there
    assert asked(f"{TABLE}&release=1") == (200, first)
    pages = {address: asked(address) for address in PUBLIC}
    assert {status for status, _body in pages.values()} == {200}, [(a, s) for a, (s, _body) in pages.items()]
    later, latest = asked(f"{TABLE}&release=2"), pages[TABLE][1]
    if answering == ("1", "2"):
        assert later == (200, second)
        assert release_day.MONTH in latest
    else:
        assert later[0] == (410 if "2" in there else 400), later[0]
        assert release_day.MONTH not in latest
        assert release_day.MONTH in second
    if there == ("1",):
        early = [(address, word) for address, (_s, body) in pages.items() for word in WORDS if word in body]
        assert not early, early
    assert {fault.code for fault in tables.verify(home=home)} <= {"extra-file"}
    return "both" if answering == there == ("1", "2") else "withdrawn" if there == ("1", "2") else "first"


def after(first: str, second: str, *, is_impatient: bool) -> tuple[str, list[str]]:
    """Look, and go on to the end of the day: which releases answered, and what was refused meanwhile."""
    seen = look(first, second)
    day, said = Day(Home(HOME), clock_now()), []
    if is_impatient:
        said = list(_at_once(day))
    day.to_end()
    whole(day, first, second)
    return seen, said


def _at_once(day: Day) -> Iterator[str]:
    """Somebody asks for the next step before the keeper is there again: it is done, or they are told what to do."""
    row = queries.by_number("pens", "2")
    if row is not None and row.state == State.SCHEDULED:
        return
    try:
        day.step()
    except StatlasError as error:
        if not error.mend:
            raise AssertionError(f"refused, and not said what to do: {error}") from error
        yield re.sub("[0-9a-f]{32}", "ID", f"{error.message} {error.mend}")


def whole(day: Day, first: str, second: str) -> None:
    """The log, the office, the calendar and the disk say the same, and what readers get is right."""
    home, row = day.home, queries.by_number("pens", "2")
    assert (home.releases("pens"), dict(home.withdrawn("pens"))) == (("1", "2"), {})
    assert tables_of() == {"1": first, "2": second}
    assert asked(TABLE)[1] == second
    assert not tables.verify(home=home), list(tables.verify(home=home))
    left = [*home.path.glob("sealed/*"), *home.path.glob("sealed/.*"), *home.path.glob("keeper/prepared/*")]
    left += [*home.path.glob("keeper/prepared/.*"), *home.path.glob("databases/pens/staging-*")]
    assert not left, left
    # The office.
    facts = home.facts("pens", "2")
    assert (row.state, row.version, row.digest) == (State.RESTORED, facts.version, facts.digest)
    assert row.public_from
    assert not row.notice
    acts = list(Move.objects.filter(release=row).order_by("number").values_list("act", "pk"))
    assert [act for act, _pk in acts if act != "accept"] == [act for act in LIFE if act != "accept"], acts
    answers = [one.finding for one in queries.answers(row)]
    assert [act for act, _pk in acts].count("accept") == len(answers) == len(set(answers)) > 0
    # The log: each act once, and whatever else it says is taken back.
    assert not auditing.verify(home=home).faults, auditing.verify(home=home).faults
    lines = [line for line in auditing.lines(home=home) if line.details.get("release") == row.pk]
    taken_back = [line.details["move"] for line in lines if line.action == "release.not-kept"]
    said = [line for line in lines if line.action != "release.not-kept"]
    ids = [line.details["move"] for line in said]
    assert len(ids) == len(set(ids))
    assert len(taken_back) == len(set(taken_back))
    kept = [(line.action.removeprefix("release."), line.details["move"]) for line in said]
    assert [one for one in kept if one[1] not in taken_back] == acts, (kept, acts)
    said = [line for line in auditing.lines(home=home) if "act" in line.details]
    gone = [line.details["act"] for line in said if line.action == "audit.not-kept"]
    kept = [line for line in said if line.details["act"] not in gone]
    assert {line.details["act"] for line in kept} == set(KeptAct.objects.values_list("pk", flat=True))
    assert [line.action for line in kept] == ["calendar.settle"] * AnnouncedChange.objects.count(), kept
    again = acting.repair(home=home, now=day.clock.now())
    assert not again.done, again.done
    assert not again.to_do, again.to_do
    # The calendar, and what was announced.
    announced = [one for one in calendar.entries(home=home, database_id="pens") if one.digest]
    assert [(one.release, one.digest) for one in announced] == [("2", facts.digest)], announced
    assert not calendar.of_database(home=home, database_id="pens"), "it is awaited no longer"
    assert standing.prove(home=home, database_id="pens", release="2", digest=announced[0].digest).holds


# --- all of it --------------------------------------------------------------------------------------------------------


def begin() -> str:
    """A home in which release 1 is public, with two people; and what is to be published, beside it."""
    home = tables.open_home(HOME)
    new = FOLDER / "new"
    new.mkdir()
    published = release_day.records(FOLDER, ("198801", "198802"), n=900)
    tables.publish(home=home, definition=release_day.definition(FOLDER, ""), records=[published])
    release_day.definition(new, f", {release_day.CODE}: {release_day.PLACE}")
    release_day.records(new, ("198802", release_day.PERIOD), ("N", "E", "S", release_day.CODE), n=400)
    for name, role in (("amina", Role.PRODUCER), ("ben", Role.APPROVER)):
        accounts.make(f"{name}@example.org", None, role)
    acting.repair(home=home, now=BEFORE)
    return asked(f"{TABLE}&release=1")[1]


def anew() -> None:
    """The home as it was in the morning."""
    COME.unlink(missing_ok=True)
    shutil.rmtree(HOME)
    shutil.copytree(FIRST, HOME)


def drawn(steps: list[tuple[str, int]], n_moments: int, chance: random.Random) -> Iterator[int]:
    """Moments to be killed at: every other one drawn evenly over all, the others over the steps in turn."""
    n_all = steps[-1][1]
    spans = [(begun, end) for (_name, begun), (_next, end) in pairwise(steps) if end > begun]
    chance.shuffle(spans)
    for number in range(n_moments):
        if number % 2:
            yield 1 + int((number // 2 + chance.random()) * n_all / (n_moments // 2)) % n_all
        else:
            begun, end = spans[number // 2 % len(spans)]
            yield chance.randint(begun + 1, end)


def whole_day(first: str) -> tuple[list[tuple[str, int]], str, tuple[list[str], list[str]]]:
    """A day on which nobody is killed: its steps, the second release, and what modules and templates it loaded."""
    steps, second = killed_at(10**9), tables_of()["2"]
    look(first, second)
    templates = [name for _loader, name in engines["jinja2"].env.cache]
    return steps, second, (sorted(sys.modules), templates)


def load(modules: list[str], templates: list[str]) -> None:
    """Load what every child needs, once."""
    for name in modules:
        with suppress(ImportError):
            import_module(name)
    for name in templates:
        engines["jinja2"].get_template(name)


@contextmanager
def _noted(n: int, steps: list[tuple[str, int]], wrong: list[str]) -> Iterator[None]:
    step = next(name for name, begun in reversed(steps) if begun < n or not begun)
    try:
        yield
    except AssertionError as error:
        wrong.append(f"killed at {n} of {steps[-1][1]}, in {step!r}: {error}")


def main(n_moments: int, seed: int) -> None:
    """Prepare, kill and look, as often as asked."""
    connections.close_all()
    first = told(in_child(begin))
    HOME.rename(FIRST)
    HOME.mkdir()
    anew()
    steps, second, loaded = told(in_child(lambda: whole_day(first)))
    load(*loaded)
    seen: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    wrong: list[str] = []
    chance, n_twice = random.Random(seed), 0
    for number, n in enumerate(drawn(steps, n_moments, chance)):
        with _noted(n, steps, wrong):
            anew()
            said, status = in_child(lambda n=n: killed_at(n))
            if status == 0 and n > steps[-1][1] - 20:
                continue  # some files are touched as it happens; it was over a little earlier
            assert status == signal.SIGKILL, (status, said)
            if number % 4 == 3:  # whoever goes on is killed too
                again = chance.randint(1, 80)
                said, status = in_child(lambda again=again: killed_at(again))
                assert status in {0, signal.SIGKILL}, (again, said)
                n_twice += status == signal.SIGKILL
            which, said = told(in_child(lambda number=number: after(first, second, is_impatient=number % 3 == 0)))
            seen[which] += 1
            refused.update(said)
    if wrong:
        sys.exit("\n".join([f"seed {seed}", *wrong]))
    names = list(dict.fromkeys(name for name, _begun in steps if name))
    found = {"seed": seed, "of": steps[-1][1], "steps": names, "killed": seen.total(), "twice": n_twice, **seen}
    found["refused"] = refused
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[2]), int(sys.argv[3]))
