"""How often the records of each period have changed since it was first published (decisions page, D1).

The epoch of a period is part of every noise draw: a revision redraws every cell of the period, or else two releases
that differ in one corrected field would print that person's whole record.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from statlas.model.release import Manifest, RecordFile

FREE_EPOCHS = 3
"""Epochs 0, 1 and 2 need nobody's leave; the fourth, and each one after it, does (decisions page, D1)."""


def merged(
    previous: Manifest | None, added: tuple[RecordFile, ...], earlier: Iterable[Manifest] = ()
) -> tuple[RecordFile, ...]:
    """The record files of the next release, by period: those of the last one, with the added ones in their place.

    An added file with the bytes of the last release's is that file; one with other bytes has an epoch of its own, which
    no release has had: a withdrawn one was public too, and whoever kept it could compare.

    Args:
        previous: the release that answers.
        added: record files given now.
        earlier: every release there has been, withdrawn ones too.
    """
    before = {record.period: record for record in previous.records} if previous else {}
    used = _used(previous, earlier)
    after = before | {r.period: _following(before.get(r.period), r, used.get(r.period, -1) + 1) for r in added}
    return tuple(after[period] for period in sorted(after))


def _used(previous: Manifest | None, earlier: Iterable[Manifest]) -> dict[str, int]:
    """The highest epoch of each period so far."""
    used: dict[str, int] = {}
    for manifest in (*([previous] if previous else []), *earlier):
        for record in manifest.records:
            used[record.period] = max(record.epoch, used.get(record.period, 0))
    return used


def _following(before: RecordFile | None, added: RecordFile, epoch: int) -> RecordFile:
    if before is not None and before.sha256 == added.sha256:
        return before
    return replace(added, epoch=epoch)


def needing_agreement(previous: Manifest | None, records: tuple[RecordFile, ...]) -> tuple[RecordFile, ...]:
    """Record files whose epoch is new and past the free ones."""
    before = {record.period: record.epoch for record in previous.records} if previous else {}
    return tuple(r for r in records if r.epoch >= FREE_EPOCHS and r.epoch != before.get(r.period))
