"""What a publisher calls a table; other tables are named by ``statlas.model.titles``."""

from __future__ import annotations

from dataclasses import replace

from statlas.definitions.address import with_date
from statlas.model.database import Database
from statlas.model.query import Query


def ready_title(database: Database, query: Query) -> str:
    """What the publisher calls the table, if it is one made ready; else empty."""
    asked = replace(query, release=None)
    return next((ready.title for ready in database.tables if with_date(database, ready.query) == asked), "")
