"""Cells that are not alone, told from a few nodes of an axis instead of all (decisions page, D4; ADR 0085).

Along a geography only a shown cell can inherit, and only from a node that holds it, where no sibling under that node
is shown and the two numbers are close.
So one shown sibling is enough to know that a cell does not inherit; and so is one node that holds it and far more, as
whatever holds that one holds at least as many people, and noise has bounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.axis import NOWHERE


@dataclass(frozen=True, eq=False)
class Company:
    """Beside which nodes, and within which, some nodes of an axis stand.

    position: of the axis among those of the table.
    nodes: (k,) positions on it, those whose cells are looked at.
    siblings: (k, m) for each some codes of its level that stand with it under every node that holds it.
    wholes: (k, w) for each some nodes that hold it, such that every node that holds it holds one of them; all
        ``NOWHERE`` where they are not counted.

    ``NOWHERE`` fills up both.
    """

    position: int
    nodes: NDArray[np.int64]
    siblings: NDArray[np.int64]
    wholes: NDArray[np.int64]


def keeps_to_itself(
    counts: Sequence[NDArray[np.int64]], company: Company, *, threshold: int, margin: int, largest_noise: int
) -> bool:
    """Whether certainly no cell of the company's nodes inherits along its axis.

    Args:
        counts: perturbed counts, each with the same axes; where amounts may be blank also those of the two parts.
        threshold: cells below it do not inherit along a geography.
        margin: the largest difference for which a cell inherits.
        largest_noise: D of the ptable.
    """
    far = margin + 2 * largest_noise
    return all(_keeps(np.moveaxis(part, company.position, 0), company, threshold, far) for part in counts)


def _keeps(counts: NDArray[np.int64], company: Company, threshold: int, far: int) -> bool:
    """The same for counts with the company's axis first; ``far`` is what is too much to be close to any whole."""
    own = counts[company.nodes]
    settled = own < threshold
    for siblings in company.siblings.T:
        settled |= (counts[siblings] >= threshold) & _there(siblings, counts.ndim)
    is_far = _there(company.wholes.max(axis=1, initial=NOWHERE), counts.ndim)
    for wholes in company.wholes.T:
        is_far = is_far & ((counts[wholes] - own > far) | ~_there(wholes, counts.ndim))
    return bool((settled | is_far).all())


def _there(positions: NDArray[np.int64], ndim: int) -> NDArray[np.bool_]:
    return np.asarray(positions != NOWHERE).reshape(-1, *[1] * (ndim - 1))
