"""How a database is protected, as a publisher writes it: a preset, its parameters, and how each rule is set.

A release keeps its protection with its definition, so a changed policy makes new numbers only as a new release.
What the parameters do stands in ``disclosure``.
"""

from __future__ import annotations

from dataclasses import dataclass

RULES = (
    "one_geography",
    "max_variables",
    "field_exclusion",
    "mean_cell_size",
    "min_area_population",
    "sparsity",
)
"""Ids of the rules of decision D7, in the order in which they are asked."""


@dataclass(frozen=True)
class RuleSetting:
    """How one rule is set, where it differs from what it is left alone: ``RuleSetting("max_variables", limit=6, ...)``.

    ``limit`` None keeps the rule's own; ``small_area_limit`` is that of ``max_variables`` below authorities.
    ``fields`` are those of one ``field_exclusion``, of which at most ``limit`` stand in a table together; there may be
    several settings of that rule.
    ``reason`` says why, and is never empty: it is published.
    """

    rule: str
    reason: str
    on: bool = True
    limit: float | None = None
    small_area_limit: float | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Protection:
    """A policy as it is written: ``Protection("standard", 1, "standard")``.

    ``name`` and ``version`` identify the policy file, ``preset`` the frozen perturbation table; ``threshold`` and
    ``n_min_magnitude`` are the smallest counts printed, and printed beside a sum, mean or percentile.
    ``rules`` are those of the policy file, then those of the database, which win.
    """

    name: str = "standard"
    version: int = 1
    preset: str = "standard"
    threshold: int = 5
    n_min_magnitude: int = 10
    rules: tuple[RuleSetting, ...] = ()


@dataclass(frozen=True)
class RuleOutcome:
    """What a rule said of a table, from public numbers and metadata alone.

    ``evaluated``, ``passed`` and ``blocked`` count areas by period; a rule that refuses the whole table before a number
    exists evaluates one and blocks one.
    ``areas`` are labels of the blocked ones, at most twenty.
    """

    rule: str
    version: int
    evaluated: int
    passed: int
    message: str
    mend: str = ""
    areas: tuple[str, ...] = ()

    @property
    def blocked(self) -> int:
        """Areas, by period, of which nothing is printed."""
        return self.evaluated - self.passed
