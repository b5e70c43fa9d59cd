"""Real homes of made-up people to be attacked, published with fixed secrets so that every run meets the same noise.

People are columns of codes 1, 2, 3 ...; person number i has the unit id ``person-i``, whatever the month, and with it
a record key that the controls can compute.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from statlas.disclosure.keys import record_key_definition
from statlas.model.cells import CellStatus, CubeMeasure
from statlas.model.classification import Node
from statlas.model.derived import Derived
from statlas.model.query import Dimension, Filter, Item, Query
from statlas.service import tables
from statlas.service.tables.table import NOISE_BYTES, NOISE_SECRET
from statlas.store import family_secret, layout, secret

FAMILY_KEY, NOISE_KEY = bytes(range(32)), bytes(range(NOISE_BYTES))
MONTH = "202501"
PAY = {"id": "PAY", "label": "Pay", "column": "pay", "unit": "GBP", "statistics": ["SUM", "MEAN"]}

Columns = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Target:
    """A published database and how to ask it: whole tables, as an attacker with an account may."""

    home: tables.Home
    database: str

    def ask(self, *dimensions: Dimension, filters: tuple[Filter, ...] = (), release: str | None = None) -> CubeMeasure:
        """The count of a table; no attack is won by a rule that refuses it, so nothing may be blocked."""
        query = Query(self.database, dimensions=dimensions, filters=filters, release=release)
        measure = tables.table(home=self.home, query=query, door="python", max_cells=None).measures[0]
        assert not (measure.status == CellStatus.CONFIDENTIAL).any()
        return measure

    def measured(
        self, *dimensions: Dimension, measures: tuple[str, ...] = (), derived: tuple[Derived, ...] = ()
    ) -> tuple[np.ndarray, ...]:
        """Measures, then derived numbers, of a table of the latest month, as printed; nan where no number is."""
        query = Query(self.database, measures, dimensions, derived=derived)
        cube = tables.table(home=self.home, query=query, door="python", max_cells=None)
        return tuple(np.where(m.status == CellStatus.SHOWN, m.values, np.nan)[0] for m in cube.measures)

    def numbers(self, *dimensions: Dimension, **more: object) -> np.ndarray:
        """The printed numbers of the latest month, its dimension left out; 0 where none is printed."""
        return printed(self.ask(*dimensions, **more))[0]


def printed(measure: CubeMeasure) -> np.ndarray:
    """Printed numbers; 0 where none is printed."""
    return np.where(measure.status == CellStatus.SHOWN, measure.values, 0).astype(np.int64)


def whole(field: str, *, total: bool = False) -> Dimension:
    """Every code of a field."""
    return Dimension(field, valueset=f"C_{field}", total=total)


def group(field: str, codes: np.ndarray) -> Item:
    """The codes at these positions as one item."""
    return Item(tuple(Node(f"C_{field}", str(code + 1)) for code in codes))


def groups(field: str, members: np.ndarray) -> Dimension:
    """One item for each row of a (groups, codes) boolean array."""
    return Dimension(field, items=tuple(group(field, np.flatnonzero(row)) for row in members))


def publish(
    folder: Path,
    people: Columns,
    *,
    database: str = "people",
    family: str = "people",
    policy: str = "standard",
    months: Mapping[str, Columns] | None = None,
    pence: np.ndarray | None = None,
    small_areas: bool | None = None,
    rules: Mapping[str, object] | None = None,
) -> Target:
    """Publish people, the same in every month unless ``months`` gives their columns, into the home in ``folder``.

    Args:
        people: for each field the position of every person's code.
        pence: what every person gets, the measure ``PAY`` of the database.
        small_areas: whether the places of the field ``AREA`` lie below authorities; None, it is no geography, and no
            rule on areas judges its codes.
        rules: rules set otherwise than by default.
    """
    home = home_with_fixed_secrets(folder / "home", family)
    by_month = months or {MONTH: people}
    n_codes = {name: int(column.max()) + 1 for name, column in people.items()}
    fields = [_field(name, n, small_areas=small_areas if name == "AREA" else None) for name, n in n_codes.items()]
    made = _definition(database, family, policy, fields) | ({} if pence is None else {"measures": [PAY]})
    made |= {"rules": rules} if rules else {}
    definition = folder / f"{database}.yaml"
    # JSON is YAML.
    definition.write_text(json.dumps(made), encoding="utf-8")
    records = folder / f"{database}.parquet"
    rows = pa.concat_tables([_rows(month, columns) for month, columns in by_month.items()])
    if pence is not None:
        rows = rows.append_column("pay", pa.array([f"{amount / 100:.2f}" for amount in pence.tolist()]))
    parquet.write_table(rows, records)
    tables.publish(home=home, definition=definition, records=[records])
    return Target(home, database)


def home_with_fixed_secrets(folder: Path, family: str) -> tables.Home:
    """A home whose keys are no secret."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in ((family_secret(family), FAMILY_KEY), (NOISE_SECRET, NOISE_KEY)):
        secret.keep(layout.secret_file(folder, name), value)
    return tables.open_home(folder)


def record_keys(n: int) -> np.ndarray:
    """(n,) uint64 record keys of the people of a target, by the definition."""
    return np.array([record_key_definition(FAMILY_KEY, _unit_id(i)) for i in range(n)], np.uint64)


def _unit_id(person: int) -> str:
    return f"person-{person}"


def _rows(month: str, columns: Columns) -> pa.Table:
    n = len(next(iter(columns.values())))
    codes = {name.lower(): (column + 1).astype(str) for name, column in columns.items()}
    return pa.table({"person": [_unit_id(i) for i in range(n)], "month": [month] * n, **codes})


def _definition(database: str, family: str, policy: str, fields: list[dict[str, object]]) -> dict[str, object]:
    return {
        "statlas": 1,
        "id": database,
        "label": "Made-up people",
        "unit": "person",
        "synthetic": True,
        "family": family,
        "policy": policy,
        "records": {"table": "T", "label": "People", "unit_id": "person"},
        "date": {"id": "MONTH", "label": "Month", "valueset": "C_MONTH", "column": "month", "frequency": "month"},
        "fields": fields,
    }


def _field(name: str, n_codes: int, *, small_areas: bool | None) -> dict[str, object]:
    level = _level(name, {str(n + 1): f"{name.title()} {n + 1}" for n in range(n_codes)})
    place = {} if small_areas is None else {"kind": "geography"}
    return {
        "id": name,
        "label": name.title(),
        "column": name.lower(),
        "levels": [level | ({} if small_areas is None else {"small_areas": small_areas})],
        **place,
    }


def _level(name: str, codes: Mapping[str, str]) -> dict[str, object]:
    return {"id": f"C_{name}", "label": name.title(), "codes": dict(codes)}
