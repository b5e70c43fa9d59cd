"""The demonstration department, small enough for a test."""

from __future__ import annotations

from pathlib import Path

from pyarrow import dataset, parquet

from statlas.demonstration.made import Ask
from statlas.demonstration.source import make_source
from statlas.service import tables
from statlas.store import Home


def housing_benefit(folder: Path) -> Home:
    """A home with the demonstration's Housing Benefit: every month of it, one claim in a thousand."""
    source = make_source("hb_new", folder, Ask(scale=0.001))
    # One file for all months: each file costs the publisher a fixed time, and 93 small ones cost a test too much.
    records = folder / "hb_new.parquet"
    parquet.write_table(dataset.dataset(sorted(source.folder.glob("*.parquet"))).to_table(), records)
    home = tables.open_home(folder / "home")
    tables.publish(home=home, definition=source.definition, records=[records])
    return home
