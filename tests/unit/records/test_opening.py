"""Opening encoded records, by the release that wrote them and by a later one."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from claims import SECRET, claims, field, listed, write_csv

from statlas import records
from statlas.errors import HomeError
from statlas.model.derivation import Column


def made(folder: Path, rows: list[dict[str, str]], codes: str = "abc") -> records.Ingested:
    """One period with the field ``LETTER``."""
    database = claims(fields=(field("LETTER", codes, Column("tenure")),), measures=())
    path = write_csv(folder / "claims.csv", rows)
    [found] = records.ingest(database, [path], secret=SECRET, out_dir=folder)
    return found


def letters(codes: str) -> Any:
    """Today's database, with other codes."""
    return claims(fields=(field("LETTER", codes, Column("tenure")),), measures=())


def test_positions_are_translated(tmp_path: Path) -> None:
    """A later release that adds and reorders codes reads the old file by translation, -1 for a code that is gone."""
    path = made(tmp_path, [{"tenure": "c"}, {"tenure": "a"}]).path
    same = records.open_period(path, letters("abc"))
    assert same.is_current("LETTER")
    assert same.translation("LETTER").tolist() == [0, 1, 2]
    later = records.open_period(path, letters("xca"))
    assert not later.is_current("LETTER")
    assert later.translation("LETTER").tolist() == [2, -1, 1]
    assert later.translation("LETTER").dtype == np.int32
    assert sorted(later.translation("LETTER")[later.positions("LETTER")]) == [1, 2]


def test_a_level_is_part_of_a_leaf(tmp_path: Path) -> None:
    """The same code in another level is another leaf."""
    path = made(tmp_path, [{"tenure": "a"}]).path
    moved = field("LETTER", "abc", Column("tenure"))
    moved = replace(moved, classification=listed("OTHER", "abc"))
    assert records.open_period(path, claims(fields=(moved,))).translation("LETTER").tolist() == [-1, -1, -1]


def test_damaged_and_foreign_files_are_refused(tmp_path: Path) -> None:
    """A file that is missing, cut short, of another database or none of ours is a fault of the home."""
    path = made(tmp_path, [{"tenure": "a"}]).path
    whole = path.read_bytes()
    other = replace(letters("abc"), id="other")
    with pytest.raises(HomeError):
        records.open_period(path, other)
    for content in (b"", whole[:100], whole[:-20], whole.replace(b'"format":1', b'"format":2'), b"x" * 500):
        (tmp_path / "broken.arrow").write_bytes(content)
        with pytest.raises(HomeError):
            records.open_period(tmp_path / "broken.arrow", letters("abc"))
    with pytest.raises(HomeError):
        records.open_period(tmp_path / "nowhere.arrow", letters("abc"))


def test_records_stay_open_when_their_file_goes(tmp_path: Path) -> None:
    """A release that answers goes on answering while its files are being replaced."""
    path = made(tmp_path, [{"tenure": "a"}, {"tenure": "b"}]).path
    opened = records.open_period(path, letters("abc"))
    path.unlink()
    assert opened.positions("LETTER").tolist() == [0, 1]


def test_records_of_a_leaf_stand_together(tmp_path: Path) -> None:
    """Of the field they are sorted by, an open file knows where the rows of each leaf begin, empty ones as well."""
    opened = records.open_period(made(tmp_path, [{"tenure": one} for one in "dabdda"], "abcd").path, letters("abcd"))
    assert opened.starts("LETTER").tolist() == [0, 2, 3, 3, 6]


def test_records_sorted_by_another_field_say_so(tmp_path: Path) -> None:
    """After a definition that sorted by another field, nothing is known of where the rows of a leaf are."""
    first = field("LETTER", "abc", Column("tenure"))
    second = replace(first, id="AGAIN", source=Column("town"))
    rows = [{"tenure": tenure, "town": town} for tenure, town in ("ac", "ba", "cb")]
    database = claims(fields=(first, second), measures=())
    [found] = records.ingest(database, [write_csv(tmp_path / "x.csv", rows)], secret=SECRET, out_dir=tmp_path)
    turned = records.open_period(found.path, claims(fields=(second, first), measures=()))
    assert turned.starts("AGAIN") is None
    assert turned.starts("LETTER") is None
