"""What was spent in this hour, and the limits of groups.

Nothing here tells what was asked, only how often, and nothing outlasts the hour after its own.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import Group
from django.core.validators import MinValueValidator
from django.db import models

OFF = -1
"""A limit that is none."""


class Spending(models.Model):
    """How much of one kind one asker spent in one hour: ``Spending(asker="key:7", kind="table", used=12)``.

    ``hour`` counts from the beginning of 1970. A row is one asker's for good; a new hour begins it anew.
    """

    asker: models.CharField[str, str] = models.CharField(max_length=80)
    kind: models.CharField[str, str] = models.CharField(max_length=16)
    hour: models.BigIntegerField[int, int] = models.BigIntegerField(db_index=True)
    used: models.BigIntegerField[int, int] = models.BigIntegerField()

    class Meta:
        """One row an asker and kind, which the statement that spends relies on."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["asker", "kind"], name="one_row_an_asker_and_kind")]

    def __str__(self) -> str:
        return f"{self.asker} {self.kind}"


def _limit(of_what: str) -> models.BigIntegerField[int | None, int | None]:
    return models.BigIntegerField(
        f"{of_what} an hour",
        null=True,
        blank=True,
        validators=[MinValueValidator(OFF)],
        help_text="Empty for the site's own limit, -1 for none.",
    )


class GroupLimits(models.Model):
    """What each member of a group may ask for in an hour; where several groups have one, the most generous holds.

    None leaves a limit as it is for everybody, -1 lifts it.
    """

    group: models.OneToOneField[Group, Group] = models.OneToOneField(
        Group, on_delete=models.CASCADE, related_name="limits"
    )
    requests = _limit("requests of the Open Data API")
    schema_requests = _limit("schema requests of the Open Data API")
    table_requests = _limit("table requests of the Open Data API")
    api_requests = _limit("requests of the native API")
    cells = _limit("cells of tables")
    jobs = _limit("jobs")

    class Meta:
        """As the administration names it."""

        verbose_name = "limits of a group"
        verbose_name_plural = "limits of groups"

    def __str__(self) -> str:
        return f"Limits of {self.group}"
