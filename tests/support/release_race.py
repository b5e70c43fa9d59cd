"""Four processes act on one release at the same moment: two approve it, two send it back.

``python release_race.py HOME``: prints what each was told, ``done`` or the code of what refused it, and then where the
release is, how many acts it has had, and which.
"""

import multiprocessing
import sys
from dataclasses import replace
from pathlib import Path

RACERS = (("approve", "ben"), ("approve", "cleo"), ("send_back", "dora"), ("send_back", "ben"))


def main() -> None:
    """Make a checked release, let them act, and tell."""
    from statlas.store import Home  # noqa: PLC0415 - few tests need it
    from statlas.web.configuration import Settings  # noqa: PLC0415
    from statlas.web.server import prepare  # noqa: PLC0415

    home = Home(Path(sys.argv[1])).create()
    prepare(replace(Settings.from_environment(), home=home.path))

    from django.db import connections  # noqa: PLC0415

    release_id = _checked(home)
    connections.close_all()
    context = multiprocessing.get_context("fork")
    ready, told = context.Barrier(len(RACERS)), context.Queue()
    racers = [context.Process(target=_act, args=(home, release_id, *racer, ready, told)) for racer in RACERS]
    for racer in racers:
        racer.start()
    said = [told.get(timeout=60) for _ in racers]
    for racer in racers:
        racer.join(timeout=60)
        assert racer.exitcode == 0
    print(*said)  # noqa: T201 - it speaks to the test
    from statlas.office.releases.models import Move, ReleaseRow  # noqa: PLC0415

    row = ReleaseRow.objects.get()
    print(row.state, row.moves, *Move.objects.filter(number__gt=1).values_list("act", flat=True))  # noqa: T201


def _checked(home) -> str:
    from statlas.office.accounts import queries  # noqa: PLC0415
    from statlas.office.organisations import queries as organisations  # noqa: PLC0415
    from statlas.office.organisations.roles import Role  # noqa: PLC0415
    from statlas.service.office.actors import Actor  # noqa: PLC0415
    from statlas.service.office.releases import acting  # noqa: PLC0415
    from statlas.service.tables.drafting import DraftReport  # noqa: PLC0415

    for name in ("amina", "ben", "cleo", "dora"):
        account = queries.make(f"{name}@example.org", None, None)
        for role in Role:
            organisations.give(organisations.default(), account, role)
    amina = Actor.named("amina@example.org", os_user="")
    draft = DraftReport("d" * 32, "clubs", "1", "a" * 64, "1.0.0")
    made = acting.begin(home=home, draft=draft, actor=amina)
    return str(acting.check(home=home, release_id=made.id, actor=amina).id)


def _act(home, release_id: str, act: str, name: str, ready, told) -> None:
    from statlas.errors import StatlasError  # noqa: PLC0415
    from statlas.service.office.actors import Actor  # noqa: PLC0415
    from statlas.service.office.releases import acting  # noqa: PLC0415

    actor = Actor.named(f"{name}@example.org", os_user="")
    ready.wait(timeout=60)
    try:
        getattr(acting, act)(home=home, release_id=release_id, actor=actor, reason=f"{name} says so.")
    except StatlasError as refused:
        told.put(refused.code)
    else:
        told.put("done")


if __name__ == "__main__":
    main()
