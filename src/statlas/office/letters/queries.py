"""What is asked of the tables of letters, and every change to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import F

from statlas.office.accounts.models import Account
from statlas.office.letters.models import Letter, NoLetters


def add(letters: Iterable[Letter]) -> None:
    """Put letters among those that wait; one that waits already stays as it is."""
    Letter.objects.bulk_create(letters, ignore_conflicts=True)


def due(now: datetime, most: int) -> Sequence[Letter]:
    """Letters that are to be sent now, the first first."""
    found = Letter.objects.filter(due__lte=now).select_related("release", "account", "reader")
    return tuple(found[:most])


def begin(letter: Letter) -> bool:
    """Note that a letter is being given to the mail server; False where another process does, or it is gone."""
    return Letter.objects.filter(pk=letter.pk, begun=letter.begun).update(begun=F("begun") + 1) > 0


def put_off(letter: Letter, until: datetime) -> None:
    """The mail server did not take a letter: it was not sent, and is tried again."""
    Letter.objects.filter(pk=letter.pk).update(due=until, tries=F("tries") + 1, begun=letter.begun)


def forget(letter: Letter) -> None:
    """A letter was sent, or will never be."""
    Letter.objects.filter(pk=letter.pk).delete()


def forget_due(now: datetime) -> int:
    """Forget the letters that would be sent now; how many there were."""
    return Letter.objects.filter(due__lte=now).delete()[0]


# --- who wants them ---------------------------------------------------------------------------------------------------


def wants(account: Account) -> bool:
    """Whether an account wants letters about releases, as all do who have not said otherwise."""
    return not NoLetters.objects.filter(account=account).exists()


def choose(account: Account, *, wants: bool) -> None:
    """Keep whether an account wants letters about releases."""
    if wants:
        NoLetters.objects.filter(account=account).delete()
    else:
        NoLetters.objects.get_or_create(account=account)
