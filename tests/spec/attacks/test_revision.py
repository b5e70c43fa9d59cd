"""One field of one person is corrected between two releases: what do the two, compared, tell of the person?

Whoever knows which field it was and what it said before and after looks at the cells of those two codes, crossed with
one and two of the other fields.
Without a new draw of the noise only the cells that the person left or entered change, and they name every attribute.
"""

from itertools import combinations

import numpy as np
import pytest
from attackers import classic_cells
from targets import Target, printed, publish, record_keys, whole

N_AREAS, N_EACH, N_BEFORE = 1200, 110, 3
SIZES = {"C": 2, "D": 3, "E": 4, "F": 4}
BASE, EVEN = 0.70, 0.50
CROSSINGS = tuple(crossing for n in (1, 2) for crossing in combinations(SIZES, n))
PERSON = np.arange(N_AREAS) * N_EACH


def drawn(rng: np.random.Generator, n_codes: int, base: float) -> np.ndarray:
    """Codes of everybody: the first with probability ``base``, the others alike."""
    shares = np.full(n_codes, (1 - base) / (n_codes - 1))
    shares[0] = base
    return rng.choice(n_codes, N_AREAS * N_EACH, p=shares)


def corrected(people: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The people with the field ``A`` of one person in each area set to the next code."""
    codes = people["A"].copy()
    codes[PERSON] = (codes[PERSON] + 1) % N_BEFORE
    return {**people, "A": codes}


def published_twice(folder, base: float) -> tuple[dict[str, np.ndarray], Target]:
    """People whose attributes have that share in common, before and after the correction."""
    rng = np.random.default_rng(10)
    people = {"AREA": np.repeat(np.arange(N_AREAS), N_EACH), "A": rng.integers(0, N_BEFORE, N_AREAS * N_EACH)}
    people |= {name: drawn(rng, n_codes, base) for name, n_codes in SIZES.items()}
    publish(folder, people)
    return people, publish(folder, corrected(people))


@pytest.fixture(scope="module")
def revised(tmp_path_factory) -> tuple[dict[str, np.ndarray], Target]:
    """People, .70 of whom have the commonest code of each field, and their home with two releases."""
    return published_twice(tmp_path_factory.mktemp("revision"), BASE)


def our_changes(target: Target, crossing: tuple[str, ...]) -> np.ndarray:
    """(areas, codes of A, codes of the crossing ...) printed after less printed before."""
    asked = (whole("AREA"), whole("A"), *(whole(name) for name in crossing))
    before, after = (printed(target.ask(*asked, release=release))[0] for release in "12")
    return after - before


def classic_changes(people: dict[str, np.ndarray], crossing: tuple[str, ...]) -> np.ndarray:
    """The same of the classic method, which looks the same noise up again."""
    keys, names = record_keys(len(people["A"])), ("AREA", "A", *crossing)
    sizes = (N_AREAS, N_BEFORE, *(SIZES[name] for name in crossing))
    both = (people, corrected(people))
    before, after = (classic_cells(keys, *(each[name] for name in names), sizes=sizes) for each in both)
    return after - before


def of_both_codes(changes: np.ndarray, people: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """(areas, codes of the crossing ...) the changes at the code that the person left, and at the one entered."""
    areas, old = np.arange(N_AREAS), people["A"][PERSON]
    return changes[areas, old], changes[areas, (old + 1) % N_BEFORE]


def votes(people: dict[str, np.ndarray], changes: dict[tuple[str, ...], np.ndarray], name: str) -> np.ndarray:
    """(areas, codes) how many cells changed that have each code of a field: the attack of disclosure by comparison."""
    found = np.zeros((N_AREAS, SIZES[name]))
    for crossing in CROSSINGS:
        if name in crossing:
            left, entered = of_both_codes(changes[crossing], people)
            changed = np.moveaxis((left != 0).astype(int) + (entered != 0), 1 + crossing.index(name), 1)
            found += changed.reshape(N_AREAS, SIZES[name], -1).sum(axis=2)
    return found


def shifts(people: dict[str, np.ndarray], changes: dict[tuple[str, ...], np.ndarray], name: str) -> np.ndarray:
    """(areas, codes) what the entered code gained and the left one lost at each code of a field; 2 without noise."""
    left, entered = of_both_codes(changes[name,], people)
    return entered - left


def hits(people: dict[str, np.ndarray], scores: np.ndarray, name: str) -> np.ndarray:
    """(areas,) whether the code with the best score is the person's."""
    return scores.argmax(axis=1) == people[name][PERSON]


def best_of_weights(people: dict[str, np.ndarray], scores: np.ndarray, name: str) -> float:
    """Share of the persons whose code is guessed from its commonness and the shifts, weighed as suits them best."""
    common = np.log(np.bincount(people[name]) / len(people[name]))
    return max(hits(people, common + weight * scores, name).mean() for weight in np.linspace(0, 0.5, 11))


def commonest(people: dict[str, np.ndarray], name: str) -> float:
    """Share of the persons who have the commonest code of a field: what guessing without a table gets right."""
    return float((people[name][PERSON] == np.bincount(people[name]).argmax()).mean())


def test_classic_releases_print_the_persons_record(revised, measured):
    """No new draw: every attribute of nearly every person is read."""
    people, _ = revised
    changes = {crossing: classic_changes(people, crossing) for crossing in CROSSINGS}
    read = np.logical_and.reduce([hits(people, votes(people, changes, name), name) for name in SIZES])
    assert measured("revision, whole record read, classic", read.mean()) >= 0.95
    assert read[:12].all()


def test_our_releases_do_not_print_it(revised, measured):
    """Every cell of the period is drawn anew: no attribute is read better than by guessing, and .05."""
    people, target = revised
    changes = {crossing: our_changes(target, crossing) for crossing in CROSSINGS}
    above = {name: hits(people, votes(people, changes, name), name).mean() - commonest(people, name) for name in SIZES}
    assert measured("revision, best attribute above guessing, ours", max(above.values())) <= 0.05


def test_sums_of_shifts_do_not_print_it_either(revised, measured):
    """Nor by adding up by how much the two codes' cells moved, with all that is known of how common each code is."""
    people, target = revised
    changes = {(name,): our_changes(target, (name,)) for name in SIZES}
    above = {n: best_of_weights(people, shifts(people, changes, n), n) - commonest(people, n) for n in SIZES}
    assert measured("revision, best attribute above guessing by shifts, ours", max(above.values())) <= 0.05


def test_an_attribute_split_evenly_is_read_more_often_than_guessed(tmp_path, measured):
    """Where half of the people have each code the shifts say more than guessing, and are right in .70 at most.

    Two draws of two tables that differ by one person differ by one on average, whatever the noise.
    """
    people, target = published_twice(tmp_path, EVEN)
    changes = {(name,): our_changes(target, (name,)) for name in SIZES}
    right = [best_of_weights(people, shifts(people, changes, name), name) for name in SIZES]
    assert measured("revision, attribute split evenly right by shifts, ours", max(right)) <= 0.70
