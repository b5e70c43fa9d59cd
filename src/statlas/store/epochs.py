"""How often the records of each period have changed since it was first published (decisions page, D1).

The epoch of a period is part of every noise draw: a revision redraws every cell of the period, or else two releases
that differ in one corrected field would print that person's whole record.
"""

from __future__ import annotations

from dataclasses import replace

from statlas.model.release import Manifest, RecordFile

FREE_EPOCHS = 3
"""Epochs 0, 1 and 2 need nobody's leave; the fourth, and each one after it, does (decisions page, D1)."""


def merged(previous: Manifest | None, added: tuple[RecordFile, ...]) -> tuple[RecordFile, ...]:
    """The record files of the next release, by period: those of the last one, with the added ones in their place.

    An added file with the bytes of the last release's is that file; one with other bytes has the next epoch.
    """
    before = {record.period: record for record in previous.records} if previous else {}
    after = before | {record.period: _following(before.get(record.period), record) for record in added}
    return tuple(after[period] for period in sorted(after))


def _following(before: RecordFile | None, added: RecordFile) -> RecordFile:
    if before is None:
        return replace(added, epoch=0)
    if before.sha256 == added.sha256:
        return before
    return replace(added, epoch=before.epoch + 1)


def needing_agreement(previous: Manifest | None, records: tuple[RecordFile, ...]) -> tuple[RecordFile, ...]:
    """Record files whose epoch is new and past the free ones."""
    before = {record.period: record.epoch for record in previous.records} if previous else {}
    return tuple(r for r in records if r.epoch >= FREE_EPOCHS and r.epoch != before.get(r.period))
