"""The trail of a table being built: the states it was in before, and those that were taken back, for undo and redo.

It is the part ``undo=`` of an address, compressed, and is for the reader at work alone: links to copy, files and
permalinks never carry it. Public pages keep no session, so it goes from page to page with them.
Whatever in it cannot be read is no trail: a page never fails for it.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from statlas.definitions.address import Parameters, query_string

MOST_STATES = 10
"""States kept on each side; arbitrary, about what one remembers."""

LONGEST = 1_500
"""Characters of a trail in an address; the oldest states go first."""

_MOST_BYTES = 200_000  # of a trail that is unpacked: twenty states of addresses as long as they may be


@dataclass(frozen=True)
class Trail:
    """Query strings of a database's tables: ``former`` oldest first, ``later`` nearest first."""

    database: str
    former: tuple[str, ...] = ()
    later: tuple[str, ...] = ()

    def pushed(self, state: str) -> Trail:
        """The trail behind a change made in this state: nothing is left to be taken back to later."""
        return Trail(self.database, (*self.former, state)[-MOST_STATES:])

    def arrived(self, state: str) -> Trail:
        """The trail as of this state; pages on which nothing was changed lead back to the state they came from."""
        former = self.former
        while former and former[-1] == state:
            former = former[:-1]
        return replace(self, former=former)

    def undone(self, state: str) -> tuple[str, Trail] | None:
        """The state before, and the trail there; None if there is none."""
        if not self.former:
            return None
        return self.former[-1], Trail(self.database, self.former[:-1], (state, *self.later)[:MOST_STATES])

    def redone(self, state: str) -> tuple[str, Trail] | None:
        """The state that was taken back last, and the trail there."""
        if not self.later:
            return None
        return self.later[0], Trail(self.database, (*self.former, state)[-MOST_STATES:], self.later[1:])


def state_of(parameters: Parameters) -> str:
    """A table's parameters as a state of a trail."""
    return query_string(parameters)


def parameters_of(state: str) -> Parameters:
    """The parameters of a state."""
    return tuple(parse_qsl(state, keep_blank_values=True))


def read(text: str, database: str) -> Trail:
    """The trail that a part of an address holds; an empty one if it holds none for the database."""
    try:
        packed = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        lines = unpacker.decompress(packed, _MOST_BYTES).decode("utf-8").split("\n")
        n_former = int(lines[1])
    except (ValueError, IndexError, UnicodeError, binascii.Error, zlib.error):
        return Trail(database)
    states = tuple(lines[2:])
    is_ours = unpacker.eof and lines[0] == database and 0 <= n_former <= len(states) <= 2 * MOST_STATES
    return Trail(database, states[:n_former], states[n_former:]) if is_ours else Trail(database)


def written(trail: Trail) -> str:
    """The trail as a part of an address, of at most ``LONGEST`` characters; empty if there is nothing in it."""
    while trail.former or trail.later:
        text = _packed(trail)
        if len(text) <= LONGEST:
            return text
        # What is farthest away goes first.
        trail = replace(trail, later=trail.later[:-1]) if trail.later else replace(trail, former=trail.former[1:])
    return ""


def _packed(trail: Trail) -> str:
    lines = (trail.database, str(len(trail.former)), *trail.former, *trail.later)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress("\n".join(lines).encode()) + packer.flush()
    return base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")
