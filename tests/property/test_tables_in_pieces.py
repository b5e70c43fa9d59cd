"""A table counted piece by piece is the table: numbers, what the rules say, notes and files, to the byte."""

from __future__ import annotations

import io
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from homes import FEES, write_definition, write_records
from hypothesis import given, settings
from hypothesis import strategies as st

from statlas import formats
from statlas.engine import pieces as engine_pieces
from statlas.errors import DisclosureRefused, QueryError, TooManyCellsError
from statlas.model.classification import Node
from statlas.model.derived import Change, Percentage, Share, Since
from statlas.model.query import Dimension, Filter, Item, Query, Role, TimeKind, TimeSelector
from statlas.service import tables
from statlas.service.tables import cube_codec
from statlas.service.tables import pieces as table_pieces
from statlas.service.tables.assembling import Arrays, assemble
from statlas.service.tables.cancelling import Cancel, CancelledError
from statlas.service.tables.pieces import pieces

MONTHS = ("202501", "202502", "202503", "202504")
MONTH_ITEMS = st.lists(st.sampled_from(MONTHS), min_size=1, max_size=3, unique=True).map(
    lambda codes: Item(tuple(Node("C_MONTH", code) for code in codes))
)
DATES = st.builds(
    Dimension,
    st.just("MONTH"),
    items=st.lists(MONTH_ITEMS, min_size=1, max_size=4).map(tuple),
    total=st.booleans(),
    role=st.sampled_from(Role),
) | st.builds(Dimension, st.just("MONTH"), time=st.builds(TimeSelector, st.just(TimeKind.LATEST), st.integers(1, 4)))
OTHERS = st.permutations(["AREA", "SEX", "AGE_BAND"]).flatmap(
    lambda names: st.tuples(*(st.builds(Dimension, st.just(name), total=st.booleans()) for name in names[:2]))
)
TOWNS = Dimension(
    "AREA",
    items=(
        Item((Node("TOWN", "N3"), Node("TOWN", "S2")), "Small"),
        Item((Node("TOWN", "N1"),)),
        Item((Node("COUNTY", "S"),)),
    ),
)
MEASURES = st.sampled_from([(), ("MEMBERS", "FEE:MEAN"), ("FEE:MEDIAN",), ("FEE:SUM", "MEMBERS")])


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Clubs of which some towns are so small that rules block them."""
    folder = tmp_path_factory.mktemp("pieces")
    made = tables.open_home(folder / "home")
    records = write_records(folder / "records.csv", months=MONTHS, n=90, fees=True)
    tables.publish(home=made, definition=write_definition(folder, more=FEES), records=[records])
    return made


def _whole(home, query):
    pinned = replace(query, release=home.current("clubs").release)
    return tables.table(home=home, query=pinned, door="python", max_cells=None, wait_s=None)


def _assembled(home, query, folder):
    return assemble(pieces(home=home, query=query), Arrays(folder), lambda _: None)


def _parquet(cube):
    return pq.read_table(io.BytesIO(b"".join(formats.write(cube, "parquet"))))


def _given(make):
    try:
        return make()
    except (DisclosureRefused, QueryError) as error:
        return type(error), str(error), error.facts


@settings(max_examples=40)
@given(
    date=DATES,
    others=OTHERS | st.just((TOWNS, Dimension("SEX"))),
    measures=MEASURES,
    at=st.integers(0, 2),
    size=st.sampled_from([1, 12, 40]),
    some=st.booleans(),
)
def test_pieces_make_the_whole_table(home, tmp_path_factory, date, others, measures, at, size, some):
    """Whatever the date stands between, groups of periods and totals included: equal cubes, equal files, or refused
    alike.
    """
    dimensions = (*others[:at], date, *others[at:])
    used = {d.field for d in dimensions}
    filters = (Filter("SEX", (Node("C_SEX", "1"),)),) if some and "SEX" not in used else ()
    query = Query("clubs", measures, dimensions, filters)
    whole = _given(lambda: _whole(home, query))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_pieces, "PIECE_CELLS", size)
        made = _given(lambda: _assembled(home, query, tmp_path_factory.mktemp("arrays")))
    if isinstance(whole, tuple):
        assert made == whole
        return
    assert cube_codec.dumps(made) == cube_codec.dumps(whole)
    for name in ("csv", "arrow"):
        assert b"".join(formats.write(made, name)) == b"".join(formats.write(whole, name))
    assert _parquet(made).equals(_parquet(whole), check_metadata=True)


def test_some_of_these_tables_are_blocked_in_part(home, tmp_path):
    """The records of this module are such that the test above sees rules at work."""
    query = Query(
        "clubs",
        (),
        (
            Dimension("AREA"),
            Dimension("MONTH", time=TimeSelector(TimeKind.ALL)),
            Dimension("AGE_BAND"),
            Dimension("SEX"),
        ),
    )
    made = _assembled(home, query, tmp_path)
    assert made.blocked is not None
    assert not made.blocked.all()


@pytest.mark.parametrize("derived", [(Percentage(Share.ROW),), (Change(Since.PREVIOUS, percent=True),)])
def test_derived_numbers_are_worked_out_whole(home, tmp_path, derived):
    """A derived number may look at other periods: the table comes as one piece, and is the same."""
    query = Query(
        "clubs",
        (),
        (Dimension("MONTH", time=TimeSelector(TimeKind.ALL)), Dimension("SEX", role=Role.COLUMNS)),
        derived=derived,
    )
    assert cube_codec.dumps(_assembled(home, query, tmp_path)) == cube_codec.dumps(_whole(home, query))


def test_too_many_derived_numbers_are_refused_with_advice(home, monkeypatch):
    """What would not fit into memory is told before anything is counted."""
    monkeypatch.setattr(table_pieces, "MOST_DERIVED_CELLS", 3)
    query = Query(
        "clubs", (), (Dimension("AREA"), Dimension("SEX", role=Role.COLUMNS)), derived=(Percentage(Share.ROW),)
    )
    with pytest.raises(QueryError, match="up to 3 cells"):
        pieces(home=home, query=query)


def test_a_total_of_too_many_periods_is_refused(home, monkeypatch):
    """All periods of a group are held for it."""
    monkeypatch.setattr(engine_pieces, "MAX_WORKING_CELLS", 5)
    query = Query("clubs", (), (Dimension("MONTH", time=TimeSelector(TimeKind.ALL), total=True), Dimension("AREA")))
    with pytest.raises(TooManyCellsError):
        pieces(home=home, query=query)


def test_a_cancelled_count_ends_between_pieces(home, tmp_path, monkeypatch):
    """Whoever is not wanted any more stops before the next piece."""
    monkeypatch.setattr(engine_pieces, "PIECE_CELLS", 1)
    cancel, seen = Cancel(), []

    def each(cells):
        seen.append(cells)
        cancel.cancel()

    query = Query("clubs", (), (Dimension("MONTH", time=TimeSelector(TimeKind.ALL)), Dimension("SEX")))
    with pytest.raises(CancelledError):
        assemble(pieces(home=home, query=query, cancel=cancel), Arrays(tmp_path), each)
    assert len(seen) == 1


def test_a_full_disk_is_found_out_before_a_number_is_written(home, tmp_path):
    """Room is taken first: a mapped page without room for it would end the process."""
    import numpy as np  # noqa: PLC0415 - for one type

    with pytest.raises(OSError, match=r"No space left|too large"):
        Arrays(tmp_path).new((2**50,), np.dtype(np.float64))
