"""Work over records: plan, count, protect, group.  ``tabulate`` makes a table, ``foresee`` tells whether it would.

True counts and key sums (``RawCube``) and perturbed counts (``PerturbedCube``) never leave this room.
"""

from statlas.engine.cuboids.using import no_cuboids
from statlas.engine.foreseeing import Advice, Foreseen
from statlas.engine.kernel import count
from statlas.engine.pieces import Piece, Pieces, in_pieces
from statlas.engine.slicing import usually_counted
from statlas.engine.tabulate import foresee, tabulate

__all__ = [
    "Advice",
    "Foreseen",
    "Piece",
    "Pieces",
    "count",
    "foresee",
    "in_pieces",
    "no_cuboids",
    "tabulate",
    "usually_counted",
]
