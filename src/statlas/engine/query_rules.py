"""The rules that refuse a table before a number exists: one geography, how many variables, which ones together."""

from __future__ import annotations

from statlas.disclosure.axis import ROOT
from statlas.disclosure.rules import RULES, RuleLimits
from statlas.engine.area_rules import area_position
from statlas.engine.axes import FieldAxis
from statlas.engine.plan import Plan
from statlas.errors import DisclosureRefused
from statlas.model.classification import Valueset
from statlas.model.database import FieldKind
from statlas.model.protection import RuleOutcome
from statlas.wording import _

SMALL_AREA_CODES = 1000
"""A level of geography with more codes lies below authorities, unless its definition says otherwise: there are 374
authorities and 650 constituencies.
"""


def _stands(axis: FieldAxis) -> bool:
    """Whether an axis shows more than everything together."""
    return any((cover.positions != ROOT).any() for cover in axis.covers)


def query_outcomes(plan: Plan, limits: RuleLimits) -> tuple[RuleOutcome, ...]:
    """What the rules say that need no number; none where they are off."""
    standing = [axis for axis in plan.axes if _stands(axis)]
    places = [axis.field.label for axis in standing if axis.field.kind is FieldKind.GEOGRAPHY]
    found = []
    if limits.one_geography:
        found.append(
            _outcome("one_geography", len(places) <= 1, _("It has {listed}.").format(listed=", ".join(places)))
        )
    most = limits.max_variables_small if _is_small(plan) else limits.max_variables
    if most is not None:
        found.append(
            _outcome(
                "max_variables",
                len(standing) <= most,
                _("It has {n}; at most {most} do.").format(n=len(standing), most=most),
            )
        )
    for exclusion in limits.exclusions:
        together = [axis.field.label for axis in standing if axis.field.id in exclusion.fields]
        said = _("Of {listed} at most {most} may.").format(listed=", ".join(together), most=exclusion.limit)
        found.append(_outcome("field_exclusion", len(together) <= exclusion.limit, said))
    return tuple(found)


def _outcome(rule_id: str, passed: bool, said: str) -> RuleOutcome:  # noqa: FBT001 - the one thing a rule says
    rule = RULES[rule_id]
    message = rule.message if passed else f"{_(rule.message)} {said}"
    return RuleOutcome(rule.id, rule.version, 1, int(passed), message, rule.mend)


def _is_small(plan: Plan) -> bool:
    """Whether areas below authorities are asked for."""
    position = area_position(plan)
    if position is None:
        return False
    axis = plan.axes[position]
    valuesets = {axis.nodes[p].valueset for cover in axis.covers for p in cover.positions if p != ROOT}
    return any(is_small_level(axis.field.classification[valueset]) for valueset in valuesets)


def is_small_level(level: Valueset) -> bool:
    """Whether a level of geography lies below authorities."""
    return len(level) > SMALL_AREA_CODES if level.small_areas is None else level.small_areas


def refuse_by_query(plan: Plan, limits: RuleLimits | None) -> None:
    """Refuse what a query rule refuses.

    Raises:
        DisclosureRefused: with the rule, and what to change.
    """
    for outcome in query_outcomes(plan, limits) if limits else ():
        if outcome.blocked:
            raise _refusal(outcome, outcome.message)


def refused(outcome: RuleOutcome) -> DisclosureRefused:
    """The refusal of a rule: its words, how many areas it judged, and what to change."""
    return _refusal(outcome, _(outcome.message))


def _refusal(outcome: RuleOutcome, said: str) -> DisclosureRefused:
    """``said`` is in the reader's language: what a query rule says of a table is said at once, and never kept."""
    return DisclosureRefused(
        said,
        rule=outcome.rule,
        mend=_(outcome.mend),
        evaluated=outcome.evaluated,
        passed=outcome.passed,
        blocked=outcome.blocked,
    )
