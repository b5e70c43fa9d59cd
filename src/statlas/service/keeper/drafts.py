"""What the keeper's reader does with drafts: make them ready, read from them."""

from __future__ import annotations

import json
import logging

from statlas import definitions
from statlas.errors import RequestError, StatlasError
from statlas.model.query_data import read_query
from statlas.service.keeper import prepared, privacy
from statlas.service.office import heartbeat
from statlas.service.tables import cube_codec, drafting
from statlas.store import Home, layout
from statlas.wording import _

AGAIN_S = 30.0
"""Seconds until a draft that could not be made ready is tried again; arbitrary."""

_log = logging.getLogger("statlas.keeper")


class Ready:
    """Makes drafts ready one after the other, those that fail again after a while."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._failed: dict[str, float] = {}

    def look(self) -> None:
        """Make ready what is not; nothing that goes wrong with one draft keeps others waiting."""
        now = heartbeat.running()
        for draft_id in (one.draft_id for one in drafting.drafts(home=self._home)):
            if now - self._failed.get(draft_id, float("-inf")) > AGAIN_S and not is_ready(self._home, draft_id):
                self._try(draft_id, now)

    def _try(self, draft_id: str, now: float) -> None:
        try:
            with privacy.as_keeper():
                prepared.prepare(home=self._home, draft_id=draft_id)
        except (StatlasError, OSError, MemoryError) as error:
            self._failed[draft_id] = now
            _log.warning("A draft could not be made ready: %s", type(error).__name__)
        except Exception:  # noqa: BLE001 - a mistake of ours with one draft keeps no other waiting
            self._failed[draft_id] = now
            _log.exception("The keeper met a mistake of ours.")


def is_ready(home: Home, draft_id: str) -> bool:
    """Whether a draft has been made ready for its minute."""
    with privacy.as_keeper():
        return layout.prepared_folder(home.path, draft_id).is_dir()


def reports(home: Home, draft_id: str) -> bytes:
    """What was found when a draft was made: the JSON of ``model.finding.DraftReports``.

    Raises:
        HomeError: it cannot be made ready.
    """
    with privacy.as_keeper():
        return prepared.reports(home=home, draft_id=draft_id)


def note(home: Home, draft_id: str) -> bytes:
    """What readers will be told of a draft in plain words; may be empty.

    Raises:
        HomeError: it cannot be made ready.
    """
    with privacy.as_keeper():
        return prepared.note(home=home, draft_id=draft_id).encode()


def database(home: Home, draft_id: str) -> bytes:
    """The database as a draft has it, with its periods, as ``definitions.dumps`` writes it.

    Raises:
        HomeError: it cannot be made ready.
    """
    with privacy.as_keeper():
        found = prepared.database(home=home, draft_id=draft_id)
    return definitions.dumps(found).encode()


def preview(home: Home, draft_id: str, query: str) -> bytes:
    """A table of a draft as it would be printed, as ``cube_codec`` writes it.

    Raises:
        RequestError: the query cannot be read.
        HomeError: it cannot be made ready.
        QueryError, DisclosureRefused: as any table.
    """
    try:
        asked = read_query(json.loads(query))
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise RequestError(_("The query cannot be read."), mend=_("Send what query_data gives.")) from error
    with privacy.as_keeper():
        return cube_codec.dumps(prepared.preview(home=home, draft_id=draft_id, query=asked))
