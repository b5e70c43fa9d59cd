"""What the attacks share: the published method as it is without our additions, and how an attacker's success is told.

``classic`` is the positive control, and no policy can name it: any set of people that a user can define draws noise of
its own, by the same hashed look-up and table as ours, and prints it without threshold and without inheriting.
"""

from __future__ import annotations

import numpy as np
from targets import NOISE_KEY

from statlas.disclosure.lookup import COUNT_PURPOSE, look_up_numbers, perturb_counts
from statlas.disclosure.policy import policy_for
from statlas.disclosure.ptable import Ptable

STANDARD = policy_for("standard").ptable
assert STANDARD is not None


def classic(counts: np.ndarray, key_sums: np.ndarray, *, ptable: Ptable = STANDARD, epoch: int = 0) -> np.ndarray:
    """What the classic method prints for sets of people with these true counts and sums of record keys."""
    keys = (key_sums % np.uint64(2**32)).astype(np.uint32)
    u = look_up_numbers(keys, counts, noise_key=NOISE_KEY, purpose=COUNT_PURPOSE, epoch=epoch, ptable_id=ptable.id)
    return perturb_counts(counts, u, ptable)


def cells(keys: np.ndarray, *columns: np.ndarray, sizes: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """True counts and key sums of the crossing of some columns of codes."""
    flat = np.ravel_multi_index(columns, sizes)
    n_cells = int(np.prod(sizes))
    sums = np.zeros(n_cells, np.uint64)
    np.add.at(sums, flat, keys)
    return np.bincount(flat, minlength=n_cells).reshape(sizes), sums.reshape(sizes)


def classic_cells(keys: np.ndarray, *columns: np.ndarray, sizes: tuple[int, ...], epoch: int = 0) -> np.ndarray:
    """What the classic method prints for the crossing of some columns of codes."""
    return classic(*cells(keys, *columns, sizes=sizes), epoch=epoch)


def proved(present: np.ndarray, absent: np.ndarray) -> float:
    """Share of the present whose answer no absent one ever gives, beyond all of them on one side: found for certain."""
    return float(max((present > absent.max()).mean(), (present < absent.min()).mean()))


def power(present: np.ndarray, absent: np.ndarray, *, false_alarms: float) -> float:
    """Share of the present found by the best threshold that raises at most this share of false alarms."""
    limits = np.unique(np.concatenate([present, absent, [-np.inf]]))
    above = [(absent > limit).mean() <= false_alarms and (present > limit).mean() for limit in limits]
    return float(max(above))


def auc(present: np.ndarray, absent: np.ndarray) -> float:
    """Probability that one present scores above one absent, ties counted half: 1 is certainty, .5 a coin."""
    order = np.sort(absent)
    below = np.searchsorted(order, present, "left")
    equal = np.searchsorted(order, present, "right") - below
    return float((below + equal / 2).mean() / len(absent))


def deviations(share: float, n: int) -> float:
    """Three standard errors of a share of ``n`` trials."""
    return float(3 * np.sqrt(share * (1 - share) / n))
