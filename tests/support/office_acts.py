"""Kill -9 in the middle of an act of the office that is none of a release, and see what the next run makes of it.

``python office_acts.py FOLDER EVERY``: a date is announced, confirmed, moved and cancelled, a pattern followed, an
organisation made, an account given a role in it, a database claimed, a key made and taken back, an administrator made,
an account deleted. A child goes through that and kills itself: before each of its transactions ends, where
the line is written and nothing is kept yet, and at every so-manieth moment besides.

After each kill the next run repairs, and then the log and the site's database say the same. Prints how often.
"""

from __future__ import annotations

import json
import shutil
import signal
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from statlas.web.configuration import Settings
from statlas.web.server import prepare

FOLDER = Path(sys.argv[1])
HOME, FIRST = FOLDER / "home", FOLDER / "first"
HOME.mkdir()
prepare(replace(Settings.from_environment(), home=HOME))

from children import in_child, told  # noqa: E402 - the settings come first
from deaths import Death  # noqa: E402
from django.db import connections  # noqa: E402

from statlas.model.release_patterns import DayRule, Every, ReleasePattern  # noqa: E402
from statlas.model.release_times import release_moment  # noqa: E402
from statlas.office.accounts import queries as account_queries  # noqa: E402
from statlas.office.accounts.models import Account  # noqa: E402
from statlas.office.acts.models import KeptAct  # noqa: E402
from statlas.office.calendar.models import AnnouncedChange, Pattern  # noqa: E402
from statlas.office.keys.models import ApiKey  # noqa: E402
from statlas.office.organisations.models import Belonging, Membership, Organisation  # noqa: E402
from statlas.service import tables  # noqa: E402
from statlas.service.office import accounts, calendar, keys, organisations  # noqa: E402
from statlas.service.office.actors import Actor  # noqa: E402
from statlas.service.office.releases import acting  # noqa: E402
from statlas.service.tables import auditing  # noqa: E402
from statlas.store import Home  # noqa: E402

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE, LATER = release_moment(date(2026, 4, 14)), release_moment(date(2026, 4, 21))
WHO = Actor("amina (command line)", is_system=True)


def work(home: Home) -> None:
    """Everything, one act after the other."""
    given = {"home": home, "actor": WHO, "now": NOW}
    one = calendar.announce(**given, database_id="pens", moment=MINUTE, title="Pensions")
    calendar.confirm(**given, announcement_id=one.id)
    calendar.move(**given, announcement_id=one.id, moment=LATER, reason="The figures come later.")
    calendar.cancel(**given, announcement_id=one.id, reason="There are no figures.")
    pattern = ReleasePattern.every(Every.YEAR, DayRule.read("second tuesday"), (11,))
    calendar.set_pattern(**given, database_id="pens", pattern=pattern, title="Pensions")
    del given["now"]
    organisations.register(**given, slug="pensions", name="Pensions")
    given["slug"] = "pensions"
    organisations.add_member(**given, email="zo@example.org", role=organisations.Role.PRODUCER, opens_account=True)
    organisations.claim(**given, database_id="pens")
    keys.create(name="a program")
    keys.revoke(name="a program")
    accounts.make_administrator(email="boss@example.org", password=None)
    accounts.delete(account_id=account_queries.find("leaver@example.org").pk)


def killed_at(n: int) -> list[int]:
    """Go through it until the n-th moment; if it is over before, where it had come to an end of a transaction."""
    death = Death(n, HOME)
    work(Home(HOME))
    return [*death.commits, death.seen]


def after() -> int:
    """The next run: it repairs, and then the log says what the site's database says. How many lines it took back."""
    home = tables.open_home(HOME)
    n_before = sum(1 for _line in auditing.lines(home=home))
    said = acting.repair(home=home, now=NOW).done
    lines = [*auditing.lines(home=home)]
    taken_back = [line for line in lines if line.action == "audit.not-kept"]
    assert len(taken_back) == len(said) == len([line for line in lines[n_before:] if line.action == "audit.not-kept"])
    gone = {line.details["act"] for line in taken_back}
    kept = [line for line in lines if line.details.get("act", "none") not in gone | {"none"}]
    assert {line.details["act"] for line in kept} == set(KeptAct.objects.values_list("pk", flat=True))
    actions = [line.action for line in kept]
    is_there = {
        "calendar.pattern": Pattern.objects.count(),
        "organisation.register": Organisation.objects.filter(is_default=False).count(),
        "organisation.add-member": Membership.objects.count(),
        "organisation.claim": Belonging.objects.count(),
        "key.create": ApiKey.objects.count(),
        "key.revoke": ApiKey.objects.filter(revoked__isnull=False).count(),
        "account.create": Account.objects.filter(email__in=["zo@example.org", "boss@example.org"]).count(),
        "account.delete": int(not Account.objects.filter(email="leaver@example.org").exists()),
    }
    assert {name: actions.count(name) for name in is_there} == is_there, actions
    dates = {"calendar.announce", "calendar.confirm", "calendar.move", "calendar.cancel"}
    assert sum(name in dates for name in actions) == AnnouncedChange.objects.count(), actions
    report = auditing.verify(home=home)
    assert not report.faults, report.faults
    assert not acting.repair(home=home, now=NOW).done, "a second look finds nothing"
    return len(taken_back)


def anew() -> None:
    """The home as it was before."""
    shutil.rmtree(HOME)
    shutil.copytree(FIRST, HOME)


def begin() -> None:
    """A home with somebody who will leave."""
    tables.open_home(HOME).create()
    account_queries.make("leaver@example.org", None, None)


def main(every: int) -> None:
    """Kill and look, at the end of each transaction and at every so-manieth moment."""
    connections.close_all()
    told(in_child(begin))
    HOME.rename(FIRST)
    HOME.mkdir()
    anew()
    *commits, n_all = told(in_child(lambda: killed_at(10**9)))
    assert told(in_child(after)) == 0, "nothing was cut off"
    moments = sorted({*commits, *range(1, n_all, every)})
    n_back = 0
    for n in moments:
        anew()
        _said, status = in_child(lambda n=n: killed_at(n))
        assert status == signal.SIGKILL, (n, _said)
        n_back += told(in_child(after))
    print(json.dumps({"of": n_all, "killed": len(moments), "commits": len(commits), "taken back": n_back}))  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[2]))
