"""A2': the attacker knows four of a person's five variables and that nobody else in the area can have the fifth.

Is anybody in the area with B = yes?
If not, "B = no" and "everybody" are the same people wherever the person's other variables lead: alone, crossed with
one, two or all three of them.
The attacker compares the two in all eight crossings and counts those in which they print differently, or in which
"B = yes" prints at all.
"""

from itertools import combinations

import numpy as np
import pytest
from attackers import auc, classic, power
from targets import Target, publish, record_keys, whole

KNOWN = ("C", "D", "E")
N_CODES = 3
NO, YES, EVERYBODY = 0, 1, 2
N_LARGE, LARGE, N_SMALL, SMALL = 300, 400, 300, 60
AREAS_OF = np.repeat([LARGE, SMALL], [N_LARGE, N_SMALL])
PERSON = np.concatenate([[0], np.cumsum(AREAS_OF)[:-1]])  # the first of each area is who is looked for
IS_YES = np.arange(len(AREAS_OF)) % 2 == 1
CROSSINGS = tuple(crossing for n in range(len(KNOWN) + 1) for crossing in combinations(KNOWN, n))
MOST_PEOPLE_A_LEAK_NEEDS = 10
"""Of more people no cell prints ``low``, and what is left of it without one person prints like it."""


@pytest.fixture(scope="module")
def people() -> dict[str, np.ndarray]:
    """Areas of 400 and of 60 people; in every other one the person looked for is the only one with B = yes."""
    rng = np.random.default_rng(9)
    area = np.repeat(np.arange(len(AREAS_OF)), AREAS_OF)
    b = np.full(len(area), NO)
    b[PERSON[IS_YES]] = YES
    return {"AREA": area, "B": b, **{name: rng.integers(0, N_CODES, len(area)) for name in KNOWN}}


@pytest.fixture(scope="module")
def target(people, tmp_path_factory) -> Target:
    """Their published home."""
    return publish(tmp_path_factory.mktemp("informed"), people)


@pytest.fixture(scope="module")
def alike(people) -> np.ndarray:
    """(crossings, people) who is in the area of the person looked for and like him in the crossing."""
    mine = {name: people[name][PERSON][people["AREA"]] == people[name] for name in KNOWN}
    everybody = np.ones(len(people["AREA"]), bool)
    return np.array([np.logical_and.reduce([mine[name] for name in crossing] or [everybody]) for crossing in CROSSINGS])


@pytest.fixture(scope="module")
def has_many(people, alike) -> np.ndarray:
    """Areas in which more people than a leak needs are like the person in everything that is known."""
    return np.bincount(people["AREA"][alike[-1]]) > MOST_PEOPLE_A_LEAK_NEEDS


@pytest.fixture(scope="module")
def our_signs(people, target) -> np.ndarray:
    """(areas,) crossings in which something differs, in what Statlas prints."""
    areas = np.arange(len(AREAS_OF))
    signs = np.zeros(len(areas))
    for crossing in CROSSINGS:
        printed = target.numbers(whole("AREA"), whole("B", total=True), *(whole(name) for name in crossing))
        mine = printed[(areas[:, np.newaxis], np.arange(3), *(people[name][PERSON, None] for name in crossing))]
        signs += (mine[:, NO] != mine[:, EVERYBODY]) | (mine[:, YES] > 0)
    return signs


@pytest.fixture(scope="module")
def classic_signs(people, alike) -> np.ndarray:
    """The same, in what the classic method prints."""
    keys, areas = record_keys(len(people["AREA"])), people["AREA"]
    signs = np.zeros(len(AREAS_OF))
    for inside in alike:
        prints = {}
        for side, members in ((EVERYBODY, inside), (NO, inside & (people["B"] == NO))):
            sums = np.zeros(len(AREAS_OF), np.uint64)
            np.add.at(sums, areas[members], keys[members])
            prints[side] = classic(np.bincount(areas[members], minlength=len(AREAS_OF)), sums)
        signs += prints[NO] != prints[EVERYBODY]
    return signs


def test_classic_tables_tell_for_certain(classic_signs, measured):
    """Eight pairs of tables: the presence of one person is as good as read."""
    assert measured("A2' informed, AUC, classic", auc(classic_signs[IS_YES], classic_signs[~IS_YES])) >= 0.98


def test_crossings_of_many_people_tell_little(our_signs, has_many, measured):
    """Where everybody like the person in four variables is eleven people or more, the attacker is hardly wiser."""
    present, absent = our_signs[has_many & IS_YES], our_signs[has_many & ~IS_YES]
    assert len(present) > 100
    assert measured("A2' informed, AUC, ours, eleven or more", auc(present, absent)) <= 0.72
    found = power(present, absent, false_alarms=0.01)
    assert measured("A2' informed, TPR at 1% FPR, ours, eleven or more", found) <= 0.12


@pytest.mark.xfail(reason="not yet by us: a hidden cell beside a printed whole tells of one person; see attacks.md")
def test_crossings_of_few_people_tell_little(our_signs, has_many, measured):
    """The same where the crossings come down to four to nine people."""
    present, absent = our_signs[~has_many & IS_YES], our_signs[~has_many & ~IS_YES]
    area_under = measured("A2' informed, AUC, ours, fewer", auc(present, absent))
    found = measured("A2' informed, TPR at 1% FPR, ours, fewer", power(present, absent, false_alarms=0.01))
    assert area_under <= 0.72
    assert found <= 0.12
