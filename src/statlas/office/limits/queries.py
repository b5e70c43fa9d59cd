"""The one statement that spends, and what is asked of the tables of limits.

A request spends in one ``INSERT ... ON CONFLICT ... RETURNING``, which SQLite (3.35) and PostgreSQL run whole or not at
all: of two workers that ask for the last one, one gets it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import connection, transaction

from statlas.office.limits.models import OFF, GroupLimits, Spending

Rows = Mapping[str, int]
"""By kind, how much was spent."""

COLUMNS = {
    "global": "requests",
    "schema": "schema_requests",
    "table": "table_requests",
    "api": "api_requests",
    "cells": "cells",
    "jobs": "jobs",
}
"""By kind of limit its column in ``GroupLimits``."""


def spend(asker: str, hour: int, numbers: Rows, limits: Rows) -> Rows | None:
    """Add ``numbers`` to what was spent in ``hour``; nothing is spent where one of them would pass its limit.

    Args:
        asker: who asks.
        hour: hours since the beginning of 1970.
        numbers: by kind how much is asked for; 0 only looks.
        limits: by kind the limit in force.

    Returns:
        By kind what is spent now, or None where nothing was.
    """
    if any(n > limits[kind] for kind, n in numbers.items() if n):
        return None
    with transaction.atomic():
        spent = _add(asker, hour, numbers, limits)
        if len(spent) == len(numbers):
            return spent
        # One was over its limit: what the statement spent of the others is taken back.
        transaction.set_rollback(True)
    return None


# A clock that lags behind another worker's must not begin a past hour again.
_STATEMENT = """
INSERT INTO limits_spending (asker, kind, hour, used) VALUES {rows}
ON CONFLICT (asker, kind) DO UPDATE SET
    used = excluded.used + CASE WHEN limits_spending.hour >= excluded.hour THEN limits_spending.used ELSE 0 END,
    hour = CASE WHEN limits_spending.hour > excluded.hour THEN limits_spending.hour ELSE excluded.hour END
WHERE excluded.used = 0
   OR limits_spending.hour < excluded.hour
   OR limits_spending.used + excluded.used <= CASE excluded.kind {limits} END
RETURNING kind, used
"""


def _add(asker: str, hour: int, numbers: Rows, limits: Rows) -> Rows:
    # Always in one order, so that no two requests wait for each other's rows.
    kinds = sorted(numbers)
    statement = _STATEMENT.format(
        rows=", ".join(["(%s, %s, %s, %s)"] * len(kinds)), limits=" ".join(["WHEN %s THEN %s"] * len(kinds))
    )
    values = [value for kind in kinds for value in (asker, kind, hour, numbers[kind])]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *(value for kind in kinds for value in (kind, limits[kind]))])
        return dict(cursor.fetchall())


def spent(asker: str, hour: int, kinds: Iterable[str]) -> Rows:
    """By kind what was spent in this hour; a kind of which nothing was is left out."""
    found = Spending.objects.filter(asker=asker, kind__in=list(kinds), hour__gte=hour)
    return dict(found.values_list("kind", "used"))


def forget_before(hour: int) -> None:
    """Forget what was spent before that hour."""
    Spending.objects.filter(hour__lt=hour).delete()


def of_groups(account_id: int) -> Rows:
    """By kind the most generous limit among the groups of an account; a kind that none of them limits is left out."""
    rows = GroupLimits.objects.filter(group__user=account_id).values(*COLUMNS.values())
    found = {kind: [row[column] for row in rows if row[column] is not None] for kind, column in COLUMNS.items()}
    return {kind: OFF if OFF in limits else max(limits) for kind, limits in found.items() if limits}
