"""Records of the demonstration, drawn once for all tests, and a connection that queries them."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from statlas import definitions
from statlas.demonstration.made import DATABASES, Ask
from statlas.demonstration.source import Source, make_source
from statlas.model.database import Database

SCALE = 0.005
PLACES = DATABASES / "geography" / "places.csv"


@pytest.fixture(scope="session")
def hb_scale() -> float:
    """Claims of Housing Benefit drawn for a real one."""
    return SCALE


@pytest.fixture(scope="session")
def hb_source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """Housing Benefit at one claim for two hundred."""
    return make_source("hb_new", tmp_path_factory.mktemp("demonstration"), Ask(scale=SCALE))


@pytest.fixture(scope="session")
def hb(hb_source: Source) -> duckdb.DuckDBPyConnection:
    """A connection with the view ``hb``: every record of every month, with what its small area belongs to."""
    connection = duckdb.connect()
    places = f"select * exclude (people, later, since) from read_csv('{PLACES}', all_varchar = true)"
    connection.execute(f"create table places as {places}")
    connection.execute(f"create view hb as from '{hb_source.folder}/*.parquet' left join places using (area)")
    return connection


@pytest.fixture(scope="session")
def hb_database(hb_source: Source) -> Database:
    """The definition of Housing Benefit."""
    return definitions.read(Path(hb_source.definition))


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, float], duckdb.DuckDBPyConnection]:
    """Draws a database at a scale (0.025 is the demonstration): a connection with the view ``records``."""

    def draw(database_id: str, scale: float) -> duckdb.DuckDBPyConnection:
        made = make_source(database_id, tmp_path_factory.mktemp(database_id), Ask(scale=scale))
        connection = duckdb.connect()
        connection.execute(f"create view records as from '{made.folder}/*.parquet'")
        return connection

    return draw
