"""Making the records: the same bytes every time, all or nothing, and labelled."""

import json

import pyarrow.parquet as pq
import pytest

from statlas.demonstration import source
from statlas.demonstration.made import Ask, records_fingerprint
from statlas.demonstration.source import make_source

SMALL = Ask(scale=0.001)


def content(made):
    """The bytes of every file."""
    return {path.name: path.read_bytes() for path in made.folder.glob("*.parquet")}


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    """Two runs write the same files to the byte, whatever the order in which their months were written."""
    one, two = (make_source("SMI_CASELOAD", tmp_path / name, SMALL) for name in ("one", "two"))
    assert len(content(one)) == 1
    assert content(one) == content(two)


def test_another_seed_gives_other_claims_of_the_same_size(tmp_path):
    """Only chance differs: about as many records, not the same ones."""
    one, two = (make_source("SMI_CASELOAD", tmp_path / str(seed), Ask(SMALL.scale, seed)) for seed in (1, 2))
    assert content(one) != content(two)
    sizes = [sum(pq.read_metadata(path).num_rows for path in made.folder.glob("*.parquet")) for made in (one, two)]
    assert sizes[0] == pytest.approx(sizes[1], rel=0.05)


def test_several_blocks_have_other_claims_and_the_same_totals(tmp_path, monkeypatch):
    """Drawn region by region, as full size is, no unit id occurs twice and the caseload is the same."""
    whole = make_source("SMI_CASELOAD", tmp_path / "whole", SMALL)
    monkeypatch.setattr("statlas.demonstration.drawing.CLAIMS_AT_ONCE", 1)
    parts = make_source("SMI_CASELOAD", tmp_path / "parts", SMALL)
    tables = [pq.read_table(made.folder / "2018.parquet") for made in (whole, parts)]
    assert tables[0].num_rows == tables[1].num_rows
    months = zip(tables[1]["household_ref"].to_pylist(), tables[1]["quarter"].to_pylist(), strict=True)
    assert len(set(months)) == tables[1].num_rows
    assert pq.ParquetFile(parts.folder / "2018.parquet").num_row_groups == 11 * 30


def test_a_file_says_that_it_is_synthetic(tmp_path):
    """Whoever opens a file finds in its metadata that it was made up, by what and how."""
    made = make_source("SMI_CASELOAD", tmp_path, SMALL)
    metadata = pq.read_schema(made.folder / "2018.parquet").metadata
    assert b"synthetic" in metadata[b"statlas.synthetic"]
    assert (metadata[b"statlas.scale"], metadata[b"statlas.seed"]) == (b"0.04", str(SMALL.seed).encode())


def test_records_that_are_there_are_taken(tmp_path, monkeypatch):
    """A second run draws nothing."""
    made = make_source("SMI_CASELOAD", tmp_path, SMALL)
    monkeypatch.setattr(source, "_write", lambda *_: pytest.fail("drawn again"))
    assert make_source("SMI_CASELOAD", tmp_path, SMALL) == made


def test_records_made_otherwise_are_replaced(tmp_path):
    """Another scale is drawn anew in the place of the old files."""
    before = pq.read_metadata(make_source("SMI_CASELOAD", tmp_path, SMALL).folder / "2018.parquet").num_rows
    made = make_source("SMI_CASELOAD", tmp_path, Ask(scale=0.002))
    assert json.loads((made.folder / "made.json").read_text())["scale"] == 0.002
    assert pq.read_metadata(made.folder / "2018.parquet").num_rows == pytest.approx(2 * before, rel=0.01)


def test_an_interrupted_run_leaves_nothing_that_looks_complete(tmp_path, monkeypatch):
    """Stopped half-way, the folder is not there; the next run makes it."""

    def stop(*_args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("statlas.demonstration.drawing.references", stop)
        with pytest.raises(KeyboardInterrupt):
            make_source("SMI_CASELOAD", tmp_path, SMALL)
    assert list(tmp_path.iterdir()) == []
    assert len(content(make_source("SMI_CASELOAD", tmp_path, SMALL))) == 1


def test_a_damaged_note_is_no_note(tmp_path):
    """If what says that records are complete cannot be read, they are drawn again."""
    made = make_source("SMI_CASELOAD", tmp_path, SMALL)
    (made.folder / "made.json").write_text("[")
    (made.folder / "2018.parquet").unlink()
    assert len(content(make_source("SMI_CASELOAD", tmp_path, SMALL))) == 1


def test_progress_comes_to_its_end(tmp_path):
    """Progress rises to the whole and tells how many records are written a second."""
    told = []
    make_source("SMI_CASELOAD", tmp_path, SMALL, lambda *what: told.append(what))
    fractions = [fraction for _, fraction, _ in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] > 0.97
    assert told[-1][2] > 0


def test_the_fingerprint_tells_scale_and_seed_apart():
    """Records of another scale or seed have another fingerprint."""
    asks = [SMALL, Ask(0.002), Ask(0.001, seed=1)]
    assert len({records_fingerprint("SMI_CASELOAD", ask) for ask in asks}) == len(asks)
