"""Use cases around tables: publish, open a home, answer a query. Never imports Django.

What needs the engine is imported when it is first used: an answer already given is given without it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from statlas.service.tables.cancelling import Cancel, CancelledError
from statlas.service.tables.coverage import shown_share
from statlas.service.tables.databases import database, databases, existing_home, manifest, open_home, policy_of
from statlas.service.tables.giving import keep_answers
from statlas.service.tables.publish import Agreed, PublishReport, publish
from statlas.service.tables.table import MAX_CELLS, count, table
from statlas.service.tables.verify import verify
from statlas.store import Home

if TYPE_CHECKING:
    from statlas.service.tables.cuboid_building import CuboidReport, cuboids, rebuild_cuboids
    from statlas.service.tables.planning import TablePlan, plan

__all__ = [
    "MAX_CELLS",
    "Agreed",
    "Cancel",
    "CancelledError",
    "CuboidReport",
    "Home",
    "PublishReport",
    "TablePlan",
    "count",
    "cuboids",
    "database",
    "databases",
    "existing_home",
    "keep_answers",
    "manifest",
    "open_home",
    "plan",
    "policy_of",
    "publish",
    "rebuild_cuboids",
    "shown_share",
    "table",
    "verify",
]


_LATER = {
    "CuboidReport": "cuboid_building",
    "cuboids": "cuboid_building",
    "rebuild_cuboids": "cuboid_building",
    "TablePlan": "planning",
    "plan": "planning",
}
"""Where those names are that load the engine."""


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
