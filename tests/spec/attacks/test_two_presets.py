"""Two perturbation tables on one key: the same people protected twice, by noise of two sizes, and compared."""

from itertools import permutations

import numpy as np
import pytest
from attackers import STANDARD, deviations
from targets import publish

from statlas.disclosure.lookup import perturb_counts
from statlas.disclosure.policy import Preset
from statlas.disclosure.presets import preset_ptable
from statlas.errors import DefinitionError

N_CELLS, TRUE = 40_000, 40


def recovered(differences: np.ndarray, noise: np.ndarray) -> float:
    """Share of the cells whose noise is the commonest one beside the difference of their two printed numbers."""
    found = sum(np.unique(noise[differences == d], return_counts=True)[1].max() for d in np.unique(differences))
    return found / len(noise)


def test_two_tables_looked_up_by_one_key_give_the_noise_away(measured):
    """The published look-up, by the cell key itself, in the standard and the strong table: .47 of them are read."""
    u, counts = np.random.default_rng(11).random(N_CELLS), np.full(N_CELLS, TRUE)
    first, second = (perturb_counts(counts, u, table) for table in (STANDARD, preset_ptable("strong")))
    share = measured("two presets on one key, classic", recovered(first - second, first - counts))
    assert share >= 0.47 - deviations(0.47, N_CELLS)


@pytest.mark.parametrize(("first", "second"), list(permutations(Preset, 2)))
def test_two_policies_in_one_family_are_refused(tmp_path, first, second):
    """A second database of the same people under another policy, or under none, is not published at all."""
    people = {"KIND": np.repeat(np.arange(4), 10)}
    target = publish(tmp_path, people, policy=first)
    with pytest.raises(DefinitionError) as raised:
        publish(tmp_path, people, policy=second, database="again")
    assert [fault.code for fault in raised.value.faults] == ["family-policy"]
    with pytest.raises(DefinitionError):
        publish(tmp_path, people, policy=second)
    assert target.home.databases() == ("people",)
