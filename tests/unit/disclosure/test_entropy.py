"""The solver of the entropy problem, beside another one."""

import numpy as np
import pytest
from scipy.optimize import minimize

from statlas.disclosure.entropy import Constraints, max_entropy
from statlas.disclosure.generation import _Row


def test_without_active_bounds_the_solution_is_a_discrete_gaussian():
    """With only the variance binding, log p is a parabola in the noise."""
    v = np.arange(-5, 6)
    p = max_entropy(_Row(20, 5, 3.0, 2, mono=True).constraints(1e-8))
    curvature = np.diff(np.log(p), 2)
    assert v**2 @ p == pytest.approx(3.0, abs=1e-11)
    np.testing.assert_allclose(curvature, curvature[0], rtol=1e-7)


@pytest.mark.parametrize("i", [1, 2, 3, 4, 6])
@pytest.mark.parametrize(("D", "V", "js", "stay"), [(4, 1.8, 1, 1e-8), (5, 3.0, 2, 0.3), (6, 5.0, 3, 0.5)])
def test_the_solution_equals_that_of_a_general_optimiser(i, D, V, js, stay):
    """A general optimiser (SLSQP), the method that the ptable package uses, comes to the same distribution."""
    problem = _Row(i, D, V, js, mono=True).constraints(stay)
    k = problem.A.shape[1]
    found = minimize(
        lambda p: p @ np.log(p),
        np.full(k, 1 / k),
        jac=lambda p: 1 + np.log(p),
        bounds=[(1e-8, 1)] * k,
        constraints=[
            {"type": "eq", "fun": lambda p: problem.A @ p - problem.b, "jac": lambda _: problem.A},
            {"type": "ineq", "fun": lambda p: problem.h - problem.G @ p, "jac": lambda _: -problem.G},
        ],
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    assert found.success
    np.testing.assert_allclose(max_entropy(problem), found.x, rtol=0, atol=2e-6)


def test_constraints_that_leave_no_room_have_no_solution():
    """Two probabilities of at least .6 each cannot add up to one."""
    problem = Constraints(np.ones((1, 2)), np.ones(1), -np.eye(2), np.array([-0.6, -0.6]))
    assert max_entropy(problem) is None
