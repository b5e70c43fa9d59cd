"""A file of cuboids that is not as it was written is none: no number comes from it, and no error either."""

from __future__ import annotations

import os

import numpy as np
import pytest
from worlds import ages, database, draw, flat, geography

from statlas.engine import kernel
from statlas.engine.cuboids.building import axes_of, build
from statlas.engine.cuboids.choosing import candidates
from statlas.engine.cuboids.file import dumps, open_cuboids
from statlas.engine.plan import plan
from statlas.model.query import Dimension, Query

WORLD = database(geography(), ages(), flat("SEX", 2))
RECORDS = draw(WORLD, 500, 1)["202501"]
NAME = "ab" * 32
PLANS = [
    plan(WORLD, Query(WORLD.id, dimensions=tuple(Dimension(name) for name in fields)))
    for fields in candidates(axes_of(WORLD))
]


def whole() -> bytes:
    """The bytes of all cuboids of the records."""
    made = build(WORLD, RECORDS, candidates(axes_of(WORLD)), sha256=NAME, budget=0.1)
    return b"".join(bytes(part) for part in dumps(made))


@pytest.fixture(scope="module")
def data():
    """A whole file."""
    return whole()


def right_or_none(path) -> int:
    """How many tables a file answers; each of them as the records do."""
    held = open_cuboids(path, NAME)
    answers = [] if held is None else [held.count(made, RECORDS) for made in PLANS]
    for ours, made in zip(answers, PLANS, strict=False):
        if ours is not None:
            theirs = kernel.count(made, RECORDS)
            assert np.array_equal(ours.counts, theirs.counts)
            assert np.array_equal(ours.keys, theirs.keys)
    return sum(ours is not None for ours in answers)


def test_a_whole_file_answers_all(tmp_path, data):
    """Every table that was counted beforehand."""
    (tmp_path / "x").write_bytes(data)
    assert right_or_none(tmp_path / "x") == len(PLANS)


def test_one_changed_byte_gives_no_wrong_number(tmp_path, data):
    """Wherever it is: in the head, a partition, the words of a cuboid or between them."""
    for at in range(0, len(data), 41):
        damaged = bytearray(data)
        damaged[at] ^= 0x10
        (tmp_path / f"{at}").write_bytes(damaged)
        right_or_none(tmp_path / f"{at}")


def test_a_file_that_ends_early_is_none(tmp_path, data):
    """As a crash leaves it: empty, within the head, or within the arrays; or with its end filled with nothing."""
    for length in (0, 1, 15, 16, 40, 56, 200, len(data) // 2, len(data) - 65):
        (tmp_path / "short").write_bytes(data[:length])
        assert right_or_none(tmp_path / "short") == 0
        (tmp_path / "torn").write_bytes(data[:length].ljust(len(data), b"\0"))
        assert right_or_none(tmp_path / "torn") < len(PLANS)


def test_a_damaged_cuboid_leaves_the_others(tmp_path, data):
    """Its tables come from a larger one, or from the records."""
    damaged = bytearray(data)
    words = build(WORLD, RECORDS, [("SEX",)], sha256=NAME, budget=0.1).tables[0].words.tobytes()
    damaged[data.rindex(words)] ^= 1
    (tmp_path / "x").write_bytes(damaged)
    assert right_or_none(tmp_path / "x") == len(PLANS)


def test_cuboids_of_other_records_are_none(tmp_path, data):
    """A file that was moved to another name, and one whose records are more or fewer."""
    (tmp_path / "x").write_bytes(data)
    assert open_cuboids(tmp_path / "x", "cd" * 32) is None
    held = open_cuboids(tmp_path / "x", NAME)
    assert all(held.count(made, draw(WORLD, 501, 1)["202501"]) is None for made in PLANS)


def test_what_is_no_file_is_none(tmp_path, data):
    """A folder, a pipe that nobody writes to, a link, nothing at all: nobody waits and nothing is followed."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "x").write_bytes(data)
    (tmp_path / "link").symlink_to(tmp_path / "x")
    for name in ("folder", "pipe", "link", "missing"):
        assert open_cuboids(tmp_path / name, NAME) is None


def test_nothing_tells_a_number():
    """Neither cuboids nor what holds them show their words."""
    held = build(WORLD, RECORDS, [("SEX",)], sha256=NAME, budget=0.1)
    assert repr(held) == "<Cuboids of 1 tables>"
    assert repr(held.tables[0]) == "<Cuboid of SEX>"


def test_mapped_words_cannot_be_written_to(tmp_path, data):
    """What answers tables is not changed by them."""
    (tmp_path / "x").write_bytes(data)
    held = open_cuboids(tmp_path / "x", NAME)
    assert not held.tables[0].words.flags.writeable
    assert whole() == data
