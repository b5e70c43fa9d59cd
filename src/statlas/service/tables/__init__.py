"""Use cases around tables: publish, open a home, answer a query. Never imports Django."""

from statlas.service.tables.coverage import shown_share
from statlas.service.tables.databases import database, databases, existing_home, manifest, open_home, policy_of
from statlas.service.tables.planning import TablePlan, plan
from statlas.service.tables.publish import Agreed, PublishReport, publish
from statlas.service.tables.table import MAX_CELLS, count, table
from statlas.service.tables.verify import verify
from statlas.store import Home

__all__ = [
    "MAX_CELLS",
    "Agreed",
    "Home",
    "PublishReport",
    "TablePlan",
    "count",
    "database",
    "databases",
    "existing_home",
    "manifest",
    "open_home",
    "plan",
    "policy_of",
    "publish",
    "shown_share",
    "table",
    "verify",
]
