"""Made-up geographies: levels that nest or cross, codes without a parent, and areas that are all of their parent."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from statlas.model.classification import Classification, Code, Node, Valueset
from statlas.model.database import Field, FieldKind
from statlas.model.derivation import Column


def places(seed: int, n_leaves: int, n_levels: int, *, crossing: bool, dated: bool) -> Field:
    """A geography: levels of random codes, some without a parent, some the only child; perhaps a second hierarchy."""
    rng = np.random.default_rng(seed)
    sizes = np.sort(rng.integers(2, n_leaves + 1, n_levels))
    names = [f"L{level}" for level in range(n_levels)]
    levels: list[Valueset] = []
    for name, n in zip(names, sizes.tolist(), strict=True):
        levels.append(_level(rng, name, n, levels[-1] if levels else None))
    ways = [names[-1]]
    if crossing:
        levels.append(_level(rng, "CROSS", int(rng.integers(1, n_leaves + 1)), None))
        ways.append("CROSS")
    many = {valueset.id: len(valueset) for valueset in levels}
    leaves = tuple(
        Code(
            f"A{n}",
            f"Area {n}",
            tuple(Node(up, str(rng.integers(0, many[up]))) for up in ways if rng.random() < 0.9),
            valid_from="202501" if dated and rng.random() < 0.2 else None,
        )
        for n in range(n_leaves)
    )
    tree = Classification((*levels, Valueset("AREA", "Area", leaves)))
    return Field("AREA", "Area", "T", tree, Column("area"), FieldKind.GEOGRAPHY)


def _level(rng: np.random.Generator, name: str, n: int, above: Valueset | None) -> Valueset:
    def parents() -> tuple[Node, ...]:
        return () if above is None or rng.random() < 0.1 else (Node(above.id, str(rng.integers(0, len(above)))),)

    return Valueset(name, name, tuple(Code(str(i), f"{name} {i}", parents()) for i in range(n)))


geographies = st.builds(
    places,
    st.integers(0, 2**20),
    st.integers(4, 20),
    st.integers(1, 3),
    crossing=st.booleans(),
    dated=st.booleans(),
)
