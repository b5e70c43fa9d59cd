"""Long addresses: what does not fit into one is kept here, and the address names it (decision 0155).

A table of 7,000 areas has 80 kilobytes of codes; browsers, servers and mail programs cut addresses far below that.
A part is known by the digest of its text, so that the same areas have the same address whoever chooses them, and
keeping them again keeps nothing new.
Nothing says who kept a part. Saved tables and permalinks keep their query itself and need none.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from hashlib import sha256
from itertools import chain

from django.utils import timezone

from statlas.definitions.address import Parameters
from statlas.errors import BusyError, QueryError, UnknownNameError
from statlas.office.kept import queries
from statlas.wording import _

LONGEST = 2_000_000
"""Characters of one: the 35,672 neighbourhoods (LSOA) of England and Wales with their level take 1.6 million."""

KEPT_DAYS = 400
"""Days after its last use that a part goes: a link must come back in a year."""

MOST_BYTES = 500_000_000
"""Bytes of all parts together, compressed; arbitrary: some 20,000 lists of 7,000 areas."""

_AT_LEAST_DAYS = 2
"""Days after its last use that a part stays, even where the room is needed: somebody may be at work with it."""

_ID = re.compile("[0-9a-f]{32}")
_A_DAY_S = 86_400


def keep(parameters: Parameters) -> str:
    """Keep parts of an address; the id by which ``parameters`` gives them back.

    Raises:
        QueryError: they are longer than ``LONGEST``.
        BusyError: there is no room, and what fills it was used in the last two days.
    """
    return _keep(parameters, _today())


def parameters(kept_id: str) -> Parameters:
    """The parts of an address that were kept under an id.

    Raises:
        UnknownNameError: there are none, or nobody has used them for ``KEPT_DAYS``.
    """
    if not _ID.fullmatch(kept_id):
        raise _unknown(kept_id)
    return _read(kept_id, _today())


def expanded(given: Iterable[tuple[str, str]]) -> Parameters:
    """Parameters with ``kept=ID`` replaced by what is kept under it; what that names is looked up no further.

    Raises:
        UnknownNameError: nothing is.
    """
    return tuple(chain.from_iterable(parameters(one[1]) if one[0] == "kept" else (one,) for one in given))


# All remember for a day, so that a page of three hundred links is at work on them once.


@lru_cache(maxsize=16)
def _keep(given: Parameters, today: date) -> str:
    text = json.dumps(given, separators=(",", ":"))
    if len(text) > LONGEST:
        raise QueryError(
            _("What is chosen takes {n:,} characters; at most {most:,} are kept.").format(n=len(text), most=LONGEST),
            mend=_("Choose a whole level, or choose less at once."),
        )
    kept_id = sha256(text.encode()).hexdigest()[:32]
    _note(kept_id, text, today)
    return kept_id


def _note(kept_id: str, text: str, today: date) -> None:
    _sweep(today)
    if queries.note_use(kept_id, today):
        return
    packed = zlib.compress(text.encode(), 6)
    _make_room(len(packed), today)
    queries.add(kept_id, packed, today)


@lru_cache(maxsize=16)
def _read(kept_id: str, today: date) -> Parameters:
    found = queries.find(kept_id)
    if found is None:
        raise _unknown(kept_id)
    queries.note_use(kept_id, today)
    return tuple((name, value) for name, value in json.loads(zlib.decompress(found.packed)))


@lru_cache(maxsize=1)
def _sweep(today: date) -> None:
    """Once a day and process."""
    queries.forget_unused_since(today - timedelta(days=KEPT_DAYS))


def _make_room(n_bytes: int, today: date) -> None:
    over = queries.total_size() + n_bytes - MOST_BYTES
    if over <= 0:
        return
    queries.make_room(over, today - timedelta(days=_AT_LEAST_DAYS))
    if queries.total_size() + n_bytes > MOST_BYTES:
        raise BusyError(_("There is no room for another long list of categories today."), retry_after=_A_DAY_S)


def forget_what_is_remembered() -> None:
    """Ask the database anew: for tests, whose database begins empty each time."""
    for remembered in (_keep, _read, _sweep):
        remembered.cache_clear()


def _today() -> date:
    return timezone.now().date()


def _unknown(kept_id: str) -> UnknownNameError:
    return UnknownNameError(
        _("The long list of categories of this address is not kept here any longer."),
        component=kept_id[:60],
        mend=_("Choose the categories again. A saved table or a permanent link keeps them for good."),
    )
