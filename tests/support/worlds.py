"""Small made-up databases with records in memory, for tests of counting and protecting."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from statlas.model.classification import Classification, Code, Node, Valueset
from statlas.model.database import Database, Field, FieldKind, Measure, RecordTable, Weight
from statlas.model.derivation import Column
from statlas.model.period import Calendar
from statlas.model.release import Manifest, RecordFile

NOISE_KEY = bytes(range(16))


def geography() -> Field:
    """Two countries; one has regions with three towns each, the other is a country, a region and two towns at once."""
    countries = Valueset("COUNTRY", "Country", (Code("E", "England"), Code("W", "Wales")))
    regions = Valueset(
        "REGION",
        "Region",
        (
            Code("E1", "North", (Node("COUNTRY", "E"),)),
            Code("E2", "South", (Node("COUNTRY", "E"),)),
            Code("W", "Wales", (Node("COUNTRY", "W"),)),
        ),
    )
    towns = tuple(
        Code(f"{region}-{n}", f"Town {n} of {region}", (Node("REGION", region),))
        for region, many in (("E1", 3), ("E2", 3), ("W", 2))
        for n in range(1, many + 1)
    )
    levels = (countries, regions, Valueset("TOWN", "Town", towns))
    return Field("AREA", "Area", "T", Classification(levels), Column("area"), FieldKind.GEOGRAPHY)


def ages() -> Field:
    """Eight single years with two bandings of them that cross."""
    halves = Valueset("HALF", "Halves", (Code("a", "0 to 3"), Code("b", "4 to 7")))
    parts = Valueset("PART", "Young or not", (Code("y", "0 to 1"), Code("o", "2 to 7")))
    years = Valueset(
        "YEAR",
        "Years",
        tuple(Code(str(n), f"{n}", (Node("HALF", "ab"[n // 4]), Node("PART", "yo"[n > 1]))) for n in range(8)),
    )
    return Field("AGE", "Age", "T", Classification((halves, parts, years)), Column("age"))


def banded(n: int, *bandings: Sequence[int | None]) -> Field:
    """Codes 0..n-1 under any number of bandings, coarse first; each gives the band of every code, None for no band."""
    levels = [
        Valueset(f"BAND_{b}", f"Banding {b}", tuple(Code(str(i), f"Band {i}") for i in sorted(set(bands) - {None})))
        for b, bands in enumerate(bandings)
    ]
    parents = [
        [Node(f"BAND_{b}", str(i)) for b, i in enumerate(bands) if i is not None]
        for bands in zip(*bandings, strict=True)
    ]
    codes = tuple(Code(str(i), f"Code {i}", tuple(parents[i])) for i in range(n))
    return Field("CODE", "Code", "T", Classification((*levels, Valueset("CODE", "Code", codes))), Column("code"))


def flat(field_id: str, n: int, *, inherit: bool = True) -> Field:
    """A field of one list of codes 1..n."""
    codes = tuple(Code(str(i + 1), f"{field_id} {i + 1}") for i in range(n))
    listed = Classification((Valueset(f"C_{field_id}", field_id.title(), codes),))
    return Field(field_id, field_id.title(), "T", listed, Column(field_id.lower()), inherit=inherit)


def database(
    *fields: Field, periods: tuple[str, ...] = ("202501",), policy: str = "standard", weight: Weight | None = None
) -> Database:
    """A database over those fields."""
    empty = Classification((Valueset("C_MONTH", "Month", ()),))
    date = Field("MONTH", "Month", "D", empty, Column("month"), FieldKind.DATE)
    made = Database(
        "world",
        "A made-up world",
        RecordTable("T", "Persons", "person", "id"),
        Calendar(),
        (date, *fields),
        policy=policy,
        synthetic=True,
        measures=(Measure("PAY", "Pay", "T", "pay", "GBP", 2),),
        weight=weight,
    )
    return made.with_periods(periods)


@dataclass
class MemoryRecords:
    """Records of one period: positions of leaves by field, record keys, amounts by measure, and weights."""

    keys: np.ndarray
    columns: dict[str, np.ndarray]
    amounts: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)
    blank: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)
    weighed: tuple[np.ndarray, ...] = ()

    @property
    def n_rows(self) -> int:
        """Records in the period."""
        return len(self.keys)

    def positions(self, field_id: str) -> np.ndarray:
        """Position of each record's leaf."""
        return self.columns[field_id]

    def translation(self, field_id: str) -> np.ndarray:
        """Positions of the file are those of the definition."""
        return np.arange(int(self.columns[field_id].max(initial=0)) + 1, dtype=np.int32)

    def starts(self, field_id: str) -> np.ndarray | None:
        """Where the rows of each leaf begin, if they stand in its order."""
        positions = self.columns[field_id].astype(np.int64)
        n_leaves = len(self.translation(field_id))
        return np.searchsorted(positions, np.arange(n_leaves + 1)) if (np.diff(positions) >= 0).all() else None

    def measure(self, measure_id: str) -> np.ndarray:
        """Amounts, 0 where blank."""
        return self.amounts[measure_id]

    def missing(self, measure_id: str) -> np.ndarray | None:
        """Where an amount is blank; None where none is."""
        return self.blank.get(measure_id)

    def weights(self) -> tuple[np.ndarray, ...]:
        """The weights, then each replicate."""
        return self.weighed


AMOUNTS = {
    "pay": lambda rng, n: (rng.gamma(4, 2_500, n)).astype(np.int64),
    "signed": lambda rng, n: rng.integers(-500, 501, n),
    "tied": lambda rng, n: rng.choice([-100, 0, 100, 100], n),
    "zero": lambda _, n: np.zeros(n, dtype=np.int64),
    "huge": lambda rng, n: rng.choice([-1, 1], n) * rng.integers(10**15 - 9, 10**15, n),
}
"""Kinds of amounts by name: drawn by a generator, for a number of records."""


def with_amounts(
    records: MemoryRecords, measure: str, kind: str, *, blank: float | None = None, seed: int = 0
) -> MemoryRecords:
    """The same records with amounts of a kind; the share ``blank`` of them is blank, None says that none can be."""
    rng = np.random.default_rng([seed, 1])
    amounts = AMOUNTS[kind](rng, records.n_rows).astype(np.int64)
    missing = {} if blank is None else {measure: rng.random(records.n_rows) < blank}
    if missing:
        amounts[missing[measure]] = 0
    return replace(records, amounts=records.amounts | {measure: amounts}, blank=records.blank | missing)


def with_weights(records: MemoryRecords, weight: Weight, *, seed: int = 0) -> MemoryRecords:
    """The same records with weights from 0 to 40, and replicates of them."""
    rng = np.random.default_rng([seed, 2])
    drawn = rng.integers(0, 40 * 10**weight.precision, (1 + len(weight.replicates), records.n_rows))
    return replace(records, weighed=tuple(drawn))


def draw(
    made: Database,
    n_rows: int,
    seed: int,
    *,
    skew: float = 1.0,
    amounts: str = "pay",
    blank: float | None = None,
) -> dict[str, MemoryRecords]:
    """Seeded records for every period of a database; ``skew`` above 1 crowds them in the first codes.

    ``amounts`` names a kind of ``AMOUNTS``, ``blank`` the share of them that is blank; both are of every measure.
    """
    return {
        period: _valued(made, _period(made, n_rows, np.random.default_rng([seed, number]), skew), amounts, blank, seed)
        for number, period in enumerate(made.periods)
    }


def _period(made: Database, n_rows: int, rng: np.random.Generator, skew: float) -> MemoryRecords:
    columns = {}
    for field in made.categories:
        n = len(field.classification.leaves)
        columns[field.id] = (n * rng.random(n_rows) ** skew).astype(np.uint16)
    return MemoryRecords(rng.integers(0, 2**32, n_rows, dtype=np.uint32), columns)


def _valued(made: Database, records: MemoryRecords, kind: str, blank: float | None, seed: int) -> MemoryRecords:
    for number, measure in enumerate(made.measures):
        records = with_amounts(records, measure.id, kind, blank=blank, seed=seed + number)
    return records if made.weight is None else with_weights(records, made.weight, seed=seed)


def manifest(made: Database, *, epochs: dict[str, int] | None = None) -> Manifest:
    """The manifest of a release of those periods."""
    files = tuple(RecordFile(p, "", 0, 0, "", (epochs or {}).get(p, 0)) for p in made.periods)
    return Manifest(made.id, "1", "2026-01-01T09:30:00Z", files, (), made.policy, "", "f", 1, "0")
