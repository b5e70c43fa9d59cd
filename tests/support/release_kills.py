"""Kill a process that acts on releases, again and again at chance moments, and see what it leaves.

``python release_kills.py HOME TIMES SEED``: HOME has two releases of ``clubs``. Prints how many acts were done, how
often a line was taken back, and how often the disk decided; fails at the first thing that does not fit together.
"""

import mmap
import os
import random
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path


def main() -> None:
    """Prepare, kill and look, as often as asked."""
    home_path, times, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])

    from statlas.web.configuration import Settings  # noqa: PLC0415 - the settings come first
    from statlas.web.server import prepare  # noqa: PLC0415

    prepare(replace(Settings.from_environment(), home=home_path))

    from django.db import connections  # noqa: PLC0415

    chance, home, done = random.Random(seed), _set_up(home_path), mmap.mmap(-1, 1)
    told = {"taken back": 0, "decided by the disk": 0}
    for _ in range(times):
        connections.close_all()
        done[0] = 0
        child = os.fork()
        if child == 0:
            _act_until_killed(home, random.Random(chance.random()), done)
        _wait_for_an_act(done)
        time.sleep(chance.uniform(0.0, 0.1))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        _repaired(home, told)
        _fits_together(home)
    from statlas.office.releases.models import Move  # noqa: PLC0415

    print(Move.objects.count(), told["taken back"], told["decided by the disk"])  # noqa: T201 - it speaks to the test


def _set_up(path: Path):
    from statlas.office.accounts import queries  # noqa: PLC0415
    from statlas.office.organisations import queries as organisations  # noqa: PLC0415
    from statlas.office.organisations.roles import Role  # noqa: PLC0415
    from statlas.service.office.releases import acting  # noqa: PLC0415
    from statlas.store import Home  # noqa: PLC0415

    for name in ("amina", "ben"):
        account = queries.make(f"{name}@example.org", None, None)
        for role in Role:
            organisations.give(organisations.default(), account, role)
    home = Home(path)
    acting.repair(home=home)
    return home


def _wait_for_an_act(done: mmap.mmap) -> None:
    """Until the process has done one, so that it is killed while it acts and not while it starts."""
    ends = time.monotonic() + 60
    while not done[0]:
        assert time.monotonic() < ends, "no act was done"
        time.sleep(0.002)


def _act_until_killed(home, chance: random.Random, done: mmap.mmap) -> None:
    """Do whatever is allowed, as fast as it goes."""
    from statlas.errors import StatlasError  # noqa: PLC0415
    from statlas.service.office.actors import Actor  # noqa: PLC0415
    from statlas.service.office.releases import acting, reading  # noqa: PLC0415
    from statlas.service.tables.drafting import DraftReport  # noqa: PLC0415

    amina, ben = (Actor.named(f"{name}@example.org", os_user="") for name in ("amina", "ben"))
    while True:
        actor = chance.choice((amina, ben))
        try:
            if reading.under_way(database_id="fairs") is None:
                draft_id = f"{chance.getrandbits(128):032x}"
                acting.begin(home=home, draft=DraftReport(draft_id, "fairs", "1", "a" * 64, "1.0.0"), actor=amina)
            one = chance.choice(reading.for_account(account=actor.account))
            act = chance.choice([act for act in one.acts if act.value in _TRIED])
            given = {"home": home, "release_id": one.id, "actor": actor, "reason": "why"}
            getattr(acting, act.value.replace("-", "_"))(**given)
        except (StatlasError, IndexError):
            continue
        done[0] = 1


_TRIED = ("check", "send-back", "approve", "discard", "withdraw", "restore")


def _repaired(home, told: dict[str, int]) -> None:
    from statlas.service.office.releases import acting  # noqa: PLC0415

    done = acting.repair(home=home).done
    told["taken back"] += sum("before it was done" in said for said in done)
    told["decided by the disk"] += sum("after it was done" in said for said in done)
    assert not acting.repair(home=home).done, "a second repair finds nothing"


def _fits_together(home) -> None:
    """The log is whole; every act has one line, every line its act or a line that takes it back; so says the disk."""
    from statlas.office.releases.models import Move, ReleaseRow  # noqa: PLC0415
    from statlas.service.tables import auditing  # noqa: PLC0415

    assert not auditing.verify(home=home).faults
    lines = [line for line in auditing.lines(home=home) if line.action.startswith("release.")]
    said = [line.details["move"] for line in lines if line.action != "release.not-kept"]
    taken_back = {line.details["move"] for line in lines if line.action == "release.not-kept"}
    assert len(said) == len(set(said)), "an act has one line"
    assert set(said) - taken_back == set(Move.objects.values_list("pk", flat=True))
    notices = home.withdrawn("clubs")
    for row in ReleaseRow.objects.all():
        last = Move.objects.filter(release=row).order_by("number").last()
        assert (last.after, last.number) == (row.state, row.moves), "the history leads to where the release is"
        assert row.database != "clubs" or (row.release in notices) == (row.state == "withdrawn")


if __name__ == "__main__":
    main()
