"""Policies: the presets, and what none of them may be."""

import dataclasses

import pytest

from statlas.disclosure.policy import Policy, Preset, policy_for
from statlas.disclosure.presets import preset_ptable
from statlas.errors import DataError


@pytest.mark.parametrize(("preset", "variance", "sd"), [("light", 1.8, 1.3), ("standard", 3, 1.7), ("strong", 9, 3.0)])
def test_a_protected_policy_has_every_protection(preset, variance, sd):
    """Table, threshold 5, at least 10 for magnitudes, inherit; variance and public sd are the table's."""
    policy = policy_for(preset)
    assert policy.ptable == preset_ptable(preset)
    assert (policy.threshold, policy.n_min_magnitude, policy.inherit, policy.open) == (5, 10, True, False)
    assert (policy.name, policy.version, policy.variance, policy.noise_sd) == (preset, 1, variance, sd)


def test_an_open_policy_has_no_protection_and_no_noise():
    """Data that are not confidential print as they are."""
    policy = policy_for("open")
    assert policy.open
    assert (policy.ptable, policy.threshold, policy.n_min_magnitude, policy.inherit) == (None, None, None, False)
    assert (policy.variance, policy.noise_sd) == (0, 0)


@pytest.mark.parametrize("name", ["unit", "mod256", "mod4096", "integer", "abs", "classic", "STANDARD", "", "none"])
def test_a_compatibility_mode_or_another_name_is_no_policy(name):
    """Only the four presets can be named; the message lists them."""
    with pytest.raises(DataError, match="light, standard, strong, open"):
        policy_for(name)


def test_policies_are_equal_by_value():
    """Two policies with the same parameters are equal, one with another threshold is not."""
    assert policy_for("standard") == dataclasses.replace(policy_for("standard"))
    assert policy_for("standard") != dataclasses.replace(policy_for("standard"), threshold=3)


@pytest.mark.parametrize("missing", ["ptable", "threshold", "n_min_magnitude"])
def test_a_half_open_policy_is_refused(missing):
    """A policy without one of its protections is refused: nothing is open by mistake."""
    with pytest.raises(DataError, match="mixes open and protected"):
        dataclasses.replace(policy_for("standard"), **{missing: None})


@pytest.mark.parametrize("extra", [{"threshold": 5}, {"inherit": True}, {"ptable": preset_ptable("light")}])
def test_an_open_policy_with_a_protection_is_refused(extra):
    """An open policy that seems to protect is refused."""
    with pytest.raises(DataError, match="mixes open and protected"):
        dataclasses.replace(policy_for("open"), **extra)


def test_the_presets_are_the_four_of_the_decisions():
    """light, standard, strong and open, nothing else."""
    assert [*Preset] == ["light", "standard", "strong", "open"]
    assert isinstance(policy_for("light"), Policy)
