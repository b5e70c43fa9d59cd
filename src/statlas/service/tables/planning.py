"""Ask before asking: how large a table is, how long it takes, which rules would refuse it and what to leave out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod

from statlas import engine
from statlas.engine import Advice
from statlas.model.protection import RuleOutcome
from statlas.model.query import Query
from statlas.service.tables import costing
from statlas.service.tables.counting import NOISE_BYTES, NOISE_SECRET, opener
from statlas.service.tables.cuboid_opening import answers, cuboids_of
from statlas.service.tables.databases import database, manifest, policy_of
from statlas.store import Home

__all__ = ["Advice", "TablePlan", "plan"]


@dataclass(frozen=True)
class TablePlan:
    """What a table would be: ``TablePlan(cells=748, ..., refused=False)``.

    cells: of the answer, for each measure. working_cells: published cells counted behind it, all periods together.
    seconds: about how long it takes.
    outcomes: what every rule that is on would say; ``passed`` of ``evaluated`` areas (by period) would be printed.
    advice: single changes that would print more, the best first.
    """

    cells: int
    working_cells: int
    seconds: float
    outcomes: tuple[RuleOutcome, ...]
    evaluated: int
    passed: int
    refused: bool
    advice: tuple[Advice, ...]


def plan(*, home: Home, query: Query) -> TablePlan:
    """What a query would give, from metadata and the printed number of each area; the table itself is not made.

    Raises:
        UnknownNameError: a database, release, field, code or measure is not there.
        QueryError: the query makes no sense for the database.
        TooManyCellsError: the table behind the answer is too large to protect.
    """
    found = manifest(home=home, database_id=query.database, release=query.release)
    asked = database(home=home, database_id=found.database, release=found.release)
    files = {record.period: home.path_of(record) for record in found.records}
    open_period, cuboids = opener(asked, files.__getitem__), cuboids_of(home, found)
    made, foreseen = engine.foresee(
        asked,
        found,
        replace(query, release=found.release, derived=()),
        open_period=open_period,
        policy=policy_of(asked),
        noise_key=home.secret(NOISE_SECRET, NOISE_BYTES),
        cuboids=cuboids,
    )
    counted, read = engine.usually_counted(made, policy_of(asked))
    return TablePlan(
        cells=prod(len(d.items or ()) + d.total for d in made.query.dimensions),
        working_cells=costing.working_cells(made),
        seconds=costing.seconds(counted, found, read=0.0 if answers(made, cuboids, open_period) else read),
        outcomes=foreseen.outcomes,
        evaluated=foreseen.evaluated,
        passed=foreseen.passed,
        refused=foreseen.refused,
        advice=foreseen.advice,
    )
