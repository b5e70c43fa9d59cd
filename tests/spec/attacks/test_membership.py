"""A2 and A7: is a person in a cell? Ask for a group with and without the one category that holds nobody else.

In every area each of many kinds is one person, whom the attacker knows by it; what he wants is the person's secret.
"""

from dataclasses import replace

import numpy as np
import pytest
from attackers import cells, classic, classic_cells, deviations, proved
from targets import Target, group, groups, publish, record_keys, whole

from statlas.model.derived import Percentage, Share
from statlas.model.query import Dimension, Filter, Role

N_AREAS, N_LONE, N_REST, N_SECRETS = 160, 150, 180, 2
REST = N_LONE  # the position of the one code that holds everybody else


@pytest.fixture(scope="module")
def people(scale) -> dict[str, np.ndarray]:
    """In every area one person of each kind, and the rest."""
    rng = np.random.default_rng(3)
    kinds = np.concatenate([np.arange(N_LONE), np.full(N_REST, REST)])
    n_areas = N_AREAS * scale
    return {
        "AREA": np.repeat(np.arange(n_areas), len(kinds)),
        "KIND": np.tile(kinds, n_areas),
        "SECRET": (rng.random(n_areas * len(kinds)) < 0.4).astype(int),
    }


@pytest.fixture(scope="module")
def sizes(scale) -> tuple[int, int, int]:
    """Areas, kinds and secrets."""
    return N_AREAS * scale, N_LONE + 1, N_SECRETS


@pytest.fixture(scope="module")
def target(people, tmp_path_factory) -> Target:
    """Their published home."""
    return publish(tmp_path_factory.mktemp("membership"), people)


@pytest.fixture(scope="module")
def true(people, sizes) -> np.ndarray:
    """(areas, lone kinds, secrets): whether the one person of a kind has the secret."""
    found = np.zeros(sizes, bool)
    found[tuple(people.values())] = True
    return found[:, :N_LONE]


def without_each() -> np.ndarray:
    """(N_LONE, N_LONE + 1) for each lone kind the group of all the others."""
    return ~np.eye(N_LONE, N_LONE + 1, dtype=bool) & (np.arange(N_LONE + 1) != REST)


def all_lone() -> np.ndarray:
    """The group of all lone kinds."""
    return (np.arange(N_LONE + 1) != REST)[np.newaxis]


def found(answers: np.ndarray, true: np.ndarray) -> float:
    """Share of the persons whose secret is proved by a difference of answers, of shape (areas, kinds, secrets)."""
    return proved(answers[true], answers[~true])


def test_classic_pairs_betray_the_person(people, sizes, measured):
    """Groups with noise of their own differ where the person is in and never where not: .80 of them are found."""
    lone = people["KIND"] != REST
    keys, own = record_keys(len(lone))[lone], (people["AREA"][lone], people["SECRET"][lone])
    counts, sums = cells(keys, *own, sizes=(sizes[0], N_SECRETS))
    with_person, without = classic(counts, sums)[own], classic(counts[own] - 1, sums[own] - keys)
    assert measured("A2 membership pair, classic", (with_person != without).mean()) >= 0.80


def test_no_pair_of_groups_betrays_a_person(target, true, measured):
    """A group of printed numbers less the same without the person's kind is what that kind prints, or its share."""
    asked = target.numbers(whole("AREA"), groups("KIND", np.concatenate([all_lone(), without_each()])), whole("SECRET"))
    assert measured("A2 membership pair, groups, ours", found(asked[:, :1] - asked[:, 1:], true)) <= 0.06


def test_the_total_less_all_others_betrays_nobody(target, true, measured):
    """The published total less the group of all others, told from the same difference for the area's other kinds."""
    others = ~np.eye(N_LONE, N_LONE + 1, dtype=bool)
    asked = target.numbers(whole("AREA"), groups("KIND", others), whole("SECRET"))
    left = target.numbers(whole("AREA"), whole("SECRET"))[:, np.newaxis] - asked
    told = left - np.median(left, axis=1, keepdims=True)
    assert measured("A2 total less all others, ours", found(told, true)) <= 0.06


def test_no_pair_of_percentages_betrays_a_person(target, true, measured):
    """The percentage with the secret in a group, and in the group without the person's kind."""
    items = groups("KIND", np.concatenate([all_lone(), without_each()]))
    secrets = replace(whole("SECRET", total=True), role=Role.COLUMNS)
    _, percentages = target.measured(whole("AREA"), items, secrets, derived=(Percentage(Share.ROW),))
    told = percentages[:, :1, :N_SECRETS] - percentages[:, 1:, :N_SECRETS]
    assert not np.isnan(told).any()
    assert measured("A2 membership pair, percentages, ours", found(told, true)) <= 0.06


@pytest.mark.parametrize("kind", [0, 77, 149])
def test_filters_and_totals_say_what_groups_say(target, kind):
    """The same people asked for as a group, as a filter and as a total of listed codes print the same."""
    members = without_each()[kind]
    as_group = target.numbers(whole("AREA"), groups("KIND", members[np.newaxis]), whole("SECRET"))[:, 0]
    codes = tuple(group("KIND", np.array([code])) for code in np.flatnonzero(members))
    nodes = tuple(item.nodes[0] for item in codes)
    as_filter = target.numbers(whole("AREA"), whole("SECRET"), filters=(Filter("KIND", nodes),))
    as_total = target.numbers(whole("AREA"), Dimension("KIND", items=codes, total=True), whole("SECRET"))[:, -1]
    assert np.array_equal(as_group, as_filter)
    assert np.array_equal(as_group, as_total)


def test_classic_shows_that_a_lone_person_is_there(people, sizes, true, measured):
    """A7: without a threshold .27 of the cells with one person print a number, which proves that somebody is there."""
    keys = record_keys(len(people["AREA"]))
    shown = classic_cells(keys, *people.values(), sizes=sizes)[:, :N_LONE][true] > 0
    assert measured("A7 lone person shown, classic", shown.mean()) >= 0.27 - deviations(0.27, shown.size)


def test_a_lone_person_is_hardly_ever_shown(target, true, measured):
    """A7: at most .06 of the cells with one person print a number, and no cell with none."""
    shown = target.numbers(whole("AREA"), whole("KIND"), whole("SECRET"))[:, :N_LONE] > 0
    assert measured("A7 lone person shown, ours", shown[true].mean()) <= 0.06
    assert not shown[~true].any()
