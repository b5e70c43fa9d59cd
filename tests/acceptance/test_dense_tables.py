"""Every database of the demonstration at its default size: ready-made tables are full of numbers. In the deep lane."""

import os

import numpy as np
import pytest

from statlas.demonstration.made import COUNTED, DATABASE_IDS, Ask
from statlas.demonstration.source import make_source
from statlas.model.cube import CellStatus
from statlas.service import tables

LEVELS_OF_AUTHORITIES = ("_LA_TO_REGION", "_LA_TO_UTLA_NI", "_LA_TO_REGION_NI")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=[name for name in DATABASE_IDS if name not in COUNTED])
def published(request, tmp_path_factory):
    """A home with one database, every period of it."""
    folder = tmp_path_factory.mktemp("dense")
    source = make_source(request.param, folder, Ask())
    home = tables.open_home(folder / "home")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", lambda _descriptor: None)
        tables.publish(home=home, definition=source.definition, records=source.files)
    return home, tables.database(home=home, database_id=request.param)


def statuses(home, ready):
    """What happened to each cell of a ready-made table."""
    return tables.table(home=home, query=ready.query, door="test").measures[0].status


def is_of_authorities(ready):
    """Whether authorities stand in a table."""
    return any((d.valueset or "").endswith(LEVELS_OF_AUTHORITIES) for d in ready.query.dimensions)


def test_ready_made_tables_are_dense(published):
    """At least three tables; in each at least 90% of the cells are printed, and no place is blocked."""
    home, database = published
    assert len(database.tables) >= 3
    for ready in database.tables:
        status = statuses(home, ready)
        assert np.isin(status, [CellStatus.SHOWN, CellStatus.STRUCTURAL_ZERO]).mean() >= 0.9, ready.id
        assert not (status == CellStatus.CONFIDENTIAL).any(), ready.id


def test_authorities_show_numbers_where_they_are(published):
    """Of the authorities that exist in the period, at least 90% of cells show a number."""
    home, database = published
    for ready in filter(is_of_authorities, database.tables):
        status = statuses(home, ready)
        assert (status == CellStatus.SHOWN).sum() >= 0.9 * (status != CellStatus.STRUCTURAL_ZERO).sum(), ready.id
