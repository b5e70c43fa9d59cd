"""A4: a thousand counts of a secret over random groups, and the people's secrets by least squares (Dinur and Nissim).

In every area a hundred people can each be asked for, being alone of their kind; a tenth or so of the rest is there
so that the table has people enough.
"""

import numpy as np
import pytest
from attackers import classic
from scipy.optimize import lsq_linear
from targets import Target, groups, publish, record_keys, whole

N_AREAS, N_PEOPLE, N_REST, N_QUERIES, BASE = 10, 100, 120, 1000, 0.70
WITH = 1  # the code of the secret that is looked for


@pytest.fixture(scope="module")
def people(scale) -> dict[str, np.ndarray]:
    """In every area a hundred people of a kind of their own, and the rest; .30 have the secret."""
    rng = np.random.default_rng(6)
    kinds = np.concatenate([np.arange(N_PEOPLE), np.full(N_REST, N_PEOPLE)])
    n_areas = N_AREAS * scale
    return {
        "AREA": np.repeat(np.arange(n_areas), len(kinds)),
        "KIND": np.tile(kinds, n_areas),
        "SECRET": (rng.random(n_areas * len(kinds)) >= BASE).astype(int),
    }


@pytest.fixture(scope="module")
def secrets(people) -> np.ndarray:
    """(areas, people) the secrets to be found."""
    return people["SECRET"].reshape(-1, N_PEOPLE + N_REST)[:, :N_PEOPLE] == WITH


@pytest.fixture(scope="module")
def target(people, tmp_path_factory) -> Target:
    """Their published home."""
    return publish(tmp_path_factory.mktemp("reconstruction"), people)


@pytest.fixture(scope="module")
def asked() -> np.ndarray:
    """(queries, people) random groups, about half of the people each."""
    return np.random.default_rng(7).random((N_QUERIES, N_PEOPLE)) < 0.5


def right(answers: np.ndarray, asked: np.ndarray, secrets: np.ndarray) -> float:
    """Share of the secrets that bounded least squares gets right from (areas, queries) counts with the secret."""
    q, r = np.linalg.qr(asked.astype(float))  # the same least squares with as many rows as there are people
    found = [lsq_linear(r, q.T @ counts, bounds=(0, 1)).x >= 0.5 for counts in answers]
    return float((np.array(found) == secrets).mean())


def test_classic_groups_give_everybody_away(people, asked, secrets, measured):
    """Groups with noise of their own: at least .98 of the secrets are read."""
    keys = record_keys(len(people["AREA"])).reshape(-1, N_PEOPLE + N_REST)[:, :N_PEOPLE]
    answers = []
    for own_keys, own_secrets in zip(keys, secrets, strict=True):
        inside = asked & own_secrets
        answers.append(classic(inside.sum(axis=1), (inside * own_keys).sum(axis=1, dtype=np.uint64)))
    assert measured("A4 reconstruction, 1,000 queries, classic", right(np.array(answers), asked, secrets)) >= 0.98


def test_our_groups_give_nobody_away(target, asked, secrets, measured):
    """Groups of printed numbers: no more than .05 above guessing that nobody has the secret."""
    items = groups("KIND", np.column_stack([asked, np.zeros(N_QUERIES, bool)]))
    answers = target.numbers(whole("AREA"), items, whole("SECRET"))[..., WITH]
    base = measured("A4 reconstruction, guessing the commoner", (~secrets).mean())
    assert measured("A4 reconstruction, 1,000 queries, ours", right(answers, asked, secrets)) <= base + 0.05


def test_both_answers_together_give_nobody_away(target, asked, secrets, measured):
    """The counts without the secret beside those with it: still no more than .05 above guessing."""
    items = groups("KIND", np.column_stack([asked, np.zeros(N_QUERIES, bool)]))
    both = target.numbers(whole("AREA"), items, whole("SECRET"))
    answers = np.concatenate([both[..., WITH], asked.sum(axis=1) - both[..., 1 - WITH]], axis=1)
    share = right(answers, np.concatenate([asked, asked]), secrets)
    assert measured("A4 reconstruction, both answers, ours", share) <= (~secrets).mean() + 0.05
