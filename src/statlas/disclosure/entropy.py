"""The distribution of greatest entropy under linear constraints.

A convex problem with one solution, so how it is solved cannot change what comes out.
Solved here by a primal-dual interior-point method to about 1e-9 or better, below the eight digits that are kept: the
same table comes out on any machine and with any version of the libraries, which a general optimiser stopped at 1e-7
does not give.

Theory of operation: with slacks s = h - Gp > 0 and multipliers z > 0 of the inequalities, each step solves Newton's
equations for the optimality conditions with the products s*z set to a tenth of their mean, and goes nearly as far as
positivity allows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

# Arbitrary: a feasible problem of this size takes 15 to 40 steps.
MAX_STEPS = 200
# p is within sqrt(2 * gap) of the solution, and far closer unless a constraint is met exactly by chance.
GAP = 1e-12
BEST_GAP = 1e-18
RESIDUAL = 1e-9


@dataclass(frozen=True)
class Constraints:
    """What a distribution p of k values must satisfy: ``A p = b`` and ``G p <= h``."""

    A: Matrix
    b: Vector
    G: Matrix
    h: Vector


@dataclass
class _Point:
    """Where the method stands: probabilities, slacks, and the multipliers of equalities and inequalities."""

    p: Vector
    s: Vector
    y: Vector
    z: Vector

    def moved(self, step: _Point, length: float) -> _Point:
        return _Point(
            self.p + length * step.p, self.s + length * step.s, self.y + length * step.y, self.z + length * step.z
        )

    def longest(self, step: _Point) -> float:
        """The longest step, at most 1, that keeps p, s and z positive."""
        pairs = ((self.p, step.p), (self.s, step.s), (self.z, step.z))
        limits = [float(np.min(-x[dx < 0] / dx[dx < 0], initial=np.inf)) for x, dx in pairs]
        return min(1.0, 0.99 * min(limits))


# An impossible problem drives the multipliers to infinity; that is seen, and answered by None.
@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def max_entropy(constraints: Constraints) -> Vector | None:
    """The p that minimises ``sum p ln p`` under the constraints; None if they leave no room.

    Args:
        constraints: at least one inequality must bound every p from below by something positive.

    Returns:
        (k,) float64, exact to about 1e-9, or None where no distribution satisfies all constraints with some slack.

    Source: Boyd and Vandenberghe (2004), Convex Optimization, section 11.7.
    """
    point, best = _start(constraints), None
    for _ in range(MAX_STEPS):
        residuals = _residuals(point, constraints)
        gap = float(point.s @ point.z)
        if gap < GAP and _solved(point, constraints, residuals):
            best = point.p
        elif best is not None:  # rounding has taken over
            return best
        step = None if gap < BEST_GAP else _newton_step(point, constraints, residuals, 0.1 * gap / len(point.s))
        if step is None:
            return best
        point = point.moved(step, point.longest(step))
    return best


def _start(constraints: Constraints) -> _Point:
    """The uniform distribution with room to every side; it need not satisfy anything yet."""
    k = constraints.A.shape[1]
    p = np.full(k, 1.0 / k)
    s = np.maximum(constraints.h - constraints.G @ p, 1.0 / k)
    return _Point(p, s, np.zeros(len(constraints.b)), 1.0 / (k * s))


def _residuals(point: _Point, constraints: Constraints) -> tuple[Vector, Vector, Vector]:
    """How far the point is from stationary, from the equalities and from the inequalities."""
    stationary = 1.0 + np.log(point.p) + constraints.A.T @ point.y + constraints.G.T @ point.z
    return stationary, constraints.A @ point.p - constraints.b, constraints.G @ point.p + point.s - constraints.h


def _solved(point: _Point, constraints: Constraints, residuals: tuple[Vector, Vector, Vector]) -> bool:
    """Whether the conditions hold, the first one relative to its terms: multipliers of least p grow with v^2."""
    stationary, equal, unequal = (float(np.abs(r).max()) for r in residuals)
    size = 1.0 + float(np.abs(constraints.G.T @ point.z).max())
    return stationary < RESIDUAL * size and max(equal, unequal) < RESIDUAL


def _newton_step(
    point: _Point, constraints: Constraints, residuals: tuple[Vector, Vector, Vector], mu: float
) -> _Point | None:
    """Newton's step towards products s*z = mu, slacks and their multipliers eliminated; None if it is singular."""
    stationary, equal, unequal = residuals
    weight = point.z / point.s
    target = (mu - point.s * point.z + point.z * unequal) / point.s
    hessian = np.diag(1.0 / point.p) + constraints.G.T @ (weight[:, None] * constraints.G)
    system = np.block([[hessian, constraints.A.T], [constraints.A, np.zeros((len(equal), len(equal)))]])
    try:
        solution = np.linalg.solve(system, -np.concatenate([stationary + constraints.G.T @ target, equal]))
    except np.linalg.LinAlgError:
        return None
    if not np.isfinite(solution).all():
        return None
    dp, dy = solution[: len(point.p)], solution[len(point.p) :]
    moved = constraints.G @ dp
    return _Point(dp, -unequal - moved, dy, target + weight * moved)
