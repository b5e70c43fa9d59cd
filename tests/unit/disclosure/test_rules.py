"""The rules of decision D7 as functions of numbers, and how a protection sets them."""

import numpy as np
import pytest

from statlas.disclosure import rules
from statlas.disclosure.policy import policy_for, policy_of
from statlas.disclosure.presets import preset_ptable
from statlas.disclosure.rules import Exclusion, RuleLimits, limits_of
from statlas.model.protection import RULES, Protection, RuleOutcome, RuleSetting


def test_the_model_and_the_room_name_the_same_rules():
    """What a definition may set is what there is."""
    assert tuple(rules.RULES) == RULES


def test_left_alone_the_rules_are_those_of_the_decisions_page():
    """Five variables, three below authorities, one a cell, a hundred persons or forty households, no sparsity."""
    assert limits_of(Protection()) == RuleLimits(
        one_geography=True,
        max_variables=5,
        max_variables_small=3,
        exclusions=(),
        mean_cell_size=1.0,
        min_persons=100,
        min_households=40,
        sparsity=False,
    )


def test_a_later_setting_wins_over_an_earlier_one():
    """The database's own rules stand after those of its policy file."""
    settings = (
        RuleSetting("max_variables", "many", limit=4, small_area_limit=2),
        RuleSetting("max_variables", "saved queries", limit=6),
        RuleSetting("mean_cell_size", "dense", on=False),
        RuleSetting("sparsity", "census", on=True),
    )
    found = limits_of(Protection(rules=settings))
    assert (found.max_variables, found.max_variables_small) == (6, 3)
    assert found.mean_cell_size is None
    assert found.sparsity


def test_an_exclusion_is_told_by_its_fields():
    """The same fields again change the limit, or take the exclusion away."""
    settings = (
        RuleSetting("field_exclusion", "bands", fields=("A", "B"), limit=1),
        RuleSetting("field_exclusion", "bands", fields=("C", "D", "E"), limit=1),
        RuleSetting("field_exclusion", "less", fields=("C", "D", "E"), limit=2),
        RuleSetting("field_exclusion", "not here", fields=("A", "B"), on=False),
    )
    assert limits_of(Protection(rules=settings)).exclusions == (Exclusion(("C", "D", "E"), 2),)


def test_an_open_policy_has_no_rules():
    """What is not confidential is never refused."""
    assert policy_of(Protection("open", 1, "open")).rules is None


def test_a_threshold_can_only_be_raised():
    """A protection below the preset's threshold is held at it."""
    low = policy_of(Protection("mine", 2, "standard", threshold=3, n_min_magnitude=2))
    high = policy_of(Protection("mine", 2, "standard", threshold=8, n_min_magnitude=20))
    assert (low.threshold, low.n_min_magnitude) == (5, 10)
    assert (high.threshold, high.n_min_magnitude) == (8, 20)
    assert high.ptable is policy_for("standard").ptable


def test_an_area_needs_as_many_people_as_cells():
    """One a cell passes, one less fails, as does a hidden area of two cells, but not one of one cell or none."""
    printed = np.array([200, 199, 0, 0, 0])
    shown = np.array([True, True, False, False, False])
    cells = np.array([200, 200, 2, 1, 0])
    passed = rules.pass_mean_cell_size(printed, shown, cells, at_least=1.0)
    assert passed.tolist() == [True, False, False, True, True]


def test_an_area_of_unknown_population_is_not_judged():
    """A hundred residents pass, ninety-nine fail, unknown (-1) passes."""
    assert rules.pass_population(np.array([100, 99, 0, -1]), at_least=100).tolist() == [True, False, False, True]


def test_the_limits_of_sparsity_are_those_of_the_decisions_page():
    """At a Poisson mean of 2.75 the standard table prints 3 in .42 of positive cells and 3 or 4 in .68."""
    assert rules.sparsity_shares(preset_ptable("standard")) == (0.42, 0.68)


def test_a_table_of_the_smallest_numbers_is_sparse():
    """Mostly threes fail, tens pass, an empty area fails, cells that cannot be do not count."""
    ptable = preset_ptable("standard")
    cells = np.array([[3, 3, 10, 0], [10, 12, 9, 0], [0, 0, 0, 0], [3, 10, 12, 11]])
    possible = np.ones((4, 4), dtype=bool)
    possible[3, 0] = False
    assert rules.pass_sparsity(cells, possible, ptable).tolist() == [False, True, False, True]


@pytest.mark.parametrize("rule", rules.RULES.values(), ids=lambda rule: rule.id)
def test_every_rule_says_what_why_and_what_to_change(rule):
    """A rule is published whole."""
    assert rule.version >= 1
    assert all(text.endswith(".") for text in (rule.message, rule.reason, rule.mend))


def test_what_is_blocked_is_what_did_not_pass():
    """An outcome counts areas by period."""
    assert RuleOutcome("sparsity", 1, 374, 360, "").blocked == 14


def test_a_population_limit_holds_for_what_the_geography_lists():
    """A geography lists residents or households; a limit of the rule's own is that of either."""
    found = limits_of(Protection(rules=(RuleSetting("min_area_population", "strict", limit=250),)))
    assert (found.min_population("persons"), found.min_population("households")) == (250, 250)
