"""Work over records: plan, count, protect, group.  ``tabulate`` is the one public function.

True counts and key sums (``RawCube``) and perturbed counts (``PerturbedCube``) never leave this room.
"""

from statlas.engine.tabulate import tabulate

__all__ = ["tabulate"]
