"""What the columns of data files look like: counts of shapes, never a guess.

The files are copied as text into one temporary table, which spills to a private folder beyond its share of memory, so
that each column can be looked at as often as needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from statlas import tabular
from statlas.errors import RecordsError
from statlas.model.faults import Fault, FaultReport
from statlas.tabular import ColumnShape, Kind, Table, TableShape
from statlas.tabular.opening import ROW

Progress = Callable[[str, float, float], None]


def _silent(_stage: str, _fraction: float, _rate: float) -> None:
    """Nobody is told."""


_TABLE = "statlas_draft"

#: Up to so many different values a column's values are listed; the 235,000 output areas fit, names of people do not.
MOST_VALUES = 250_000

# The number of different values is estimated, within some 5%, and counted only where it is below this.
_COUNTED = 10_000
_NEARLY = 0.95
# Two records that differ say nothing of uniqueness; three may.
_ENOUGH = 3
_WHOLE = r"-?[0-9]{1,15}"
_NUMBER = r"-?[0-9]{1,15}(\.[0-9]+)?"
# A National Insurance number, a full postcode, an e-mail address, a telephone number.
_PERSONAL = (
    r"[A-Z]{2} ?([0-9]{2} ?){3}[A-D]|[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}|[^@ ]+@[^@ ]+\.[^@ ]+"
    r"|(\+44|0)[0-9 ]{9,12}"
)
_DATE_FORMS = ("month", "day", "year", "financial_year")


@dataclass(frozen=True)
class ColumnProfile:
    """What one column holds; every ``n_`` counts records whose value is not blank.

    ``dated`` counts by form of date; ``places`` is the most decimal places and ``n_pence`` how many have two;
    ``n_lines`` counts values that run over several lines or hold other control characters.
    """

    name: str
    dated: dict[str, int]
    n_rows: int
    n_values: int
    n_distinct: int
    n_whole: int
    n_number: int
    n_money: int
    n_pounds: int
    n_pence: int
    places: int
    longest: int
    n_personal: int
    n_lines: int

    @property
    def n_blank(self) -> int:
        """Records without a value."""
        return self.n_rows - self.n_values

    @property
    def is_number(self) -> bool:
        """Whether every value is a number."""
        return 0 < self.n_values == self.n_number

    @property
    def is_whole(self) -> bool:
        """Whether every value is a whole number."""
        return 0 < self.n_values == self.n_whole

    @property
    def is_unique(self) -> bool:
        """Whether no value seems to occur twice; the number of different values is an estimate within 5%."""
        return self.n_values >= _ENOUGH and self.n_distinct >= _NEARLY * self.n_values


class Profile:
    """The columns of the files and what can be asked of them further."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, columns: Sequence[str], progress: Progress = _silent
    ) -> None:
        self._connection = connection
        profiles = []
        for n, name in enumerate(columns):
            progress("looking at columns", n / len(columns), 0)
            profiles.append(_column(connection, name))
        self.columns = tuple(profiles)

    def __iter__(self) -> Iterator[ColumnProfile]:
        return iter(self.columns)

    def values(self, name: str) -> list[tuple[str, int]]:
        """The different values of a column with how often each occurs."""
        x = tabular.identifier(name)
        query = f"select {x}, count(*) from {_TABLE} where {x} is not null group by 1 order by 1 limit {MOST_VALUES}"
        return [(str(value), int(n)) for value, n in self._connection.execute(query).fetchall()]

    def quantiles(self, name: str, shares: Sequence[float]) -> list[float]:
        """Quantiles of a column of numbers."""
        number = f"try_cast({tabular.identifier(name)} as double)"
        [row] = self._connection.execute(f"select quantile_cont({number}, {list(shares)}) from {_TABLE}").fetchall()
        return [float(x) for x in row[0]]

    def dates(self, shape: ColumnShape) -> list[str]:
        """The different dates of a column, rounded down as the shape says, oldest first, as 2025-09-01."""
        day = tabular.value(shape, _text_table((shape.name,)))
        query = f"select distinct cast({day} as varchar) from {_TABLE} where {day} is not null order by 1 limit 5000"
        return [str(row[0]) for row in self._connection.execute(query).fetchall()]

    def is_key(self, name: str, date: ColumnShape | None) -> bool:
        """Whether no two records of one period agree in this column, and it is never blank."""
        period = tabular.value(date, _text_table((date.name,))) if date else "1"
        again = f"select 1 from {_TABLE} group by {tabular.identifier(name)}, {period} having count(*) > 1 limit 1"
        blank = f"select 1 from {_TABLE} where {tabular.identifier(name)} is null limit 1"
        return not self._connection.execute(again).fetchall() and not self._connection.execute(blank).fetchall()

    def determines(self, fine: str, coarse: str) -> bool:
        """Whether records that agree in ``fine`` agree in ``coarse``, which is blank in none of them."""
        a, b = tabular.identifier(fine), tabular.identifier(coarse)
        broken = (
            f"select 1 from {_TABLE} where {a} is not null group by {a} "
            f"having min({b}) is distinct from max({b}) or count({b}) < count(*) limit 1"
        )
        return not self._connection.execute(broken).fetchall()

    def pairs(self, fine: str, coarse: str) -> dict[str, str]:
        """For each value of ``fine`` the value of ``coarse`` that it determines."""
        a, b = tabular.identifier(fine), tabular.identifier(coarse)
        query = f"select {a}, min({b}) from {_TABLE} where {a} is not null group by {a} order by 1"
        return {str(x): str(y) for x, y in self._connection.execute(query).fetchall()}


@contextmanager
def profile(files: Sequence[Path], progress: Progress = _silent) -> Iterator[Profile]:
    """The profile of files that have the same columns.

    Args:
        files: data files, or folders of them.
        progress: told of the stage, the fraction of it done, and 0.

    Raises:
        RecordsError: a file cannot be read, or lacks a column that the first one has.
    """
    with TemporaryDirectory(prefix="statlas-") as folder, tabular.connect(temp_dir=Path(folder)) as connection:
        progress("reading the files", 0, 0)
        tables, faults = tabular.open_files(connection, files)
        columns = tuple(name for name in tables[0].columns if tabular.is_plain(name, tables[0])) if tables else ()
        faults += tabular.check(connection, tables, TableShape(tuple(ColumnShape(n, required=False) for n in columns)))
        if not faults and not columns:
            faults += FaultReport((Fault("no-records", str(files[0]), "a column of plain values."),))
        if faults:
            raise RecordsError("The data cannot be read.", faults=faults)
        _copy(connection, tables, columns)
        yield Profile(connection, columns, progress)


def _copy(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], columns: Sequence[str]) -> None:
    selects = []
    for table in tables:
        values = ", ".join(f"{tabular.text(name, table)} as {tabular.identifier(name)}" for name in columns)
        selects.append(f"select {values} from {table.source}")
    connection.execute(f"create temp table {_TABLE} as {' union all '.join(selects)}")


def _text_table(columns: Sequence[str]) -> Table:
    return Table(
        _TABLE, _TABLE, f"(select row_number() over () as {ROW}, * from {_TABLE})", dict.fromkeys(columns, "VARCHAR")
    )


def _column(connection: duckdb.DuckDBPyConnection, name: str) -> ColumnProfile:
    x, table = tabular.identifier(name), _text_table((name,))
    money = tabular.value(ColumnShape(name, Kind.MONEY), table)
    wanted = [
        "count(*)",
        f"count({x})",
        f"approx_count_distinct({x})",
        *(f"count_if(regexp_full_match({x}, '{pattern}'))" for pattern in (_WHOLE, _NUMBER)),
        f"count({money})",
        f"count_if(contains({x}, '£'))",
        f"count_if(regexp_full_match({x}, '.*[0-9][.][0-9]{{2}}'))",
        f"max(case when regexp_full_match({x}, '{_NUMBER}') then length(split_part({x}, '.', 2)) end)",
        f"max(length({x}))",
        f"count_if(regexp_full_match(upper({x}), '{_PERSONAL}'))",
        rf"count_if(regexp_matches({x}, '[\x00-\x1f]'))",
        *(f"count({tabular.value(ColumnShape(name, Kind.DATE, forms=(f,)), table)})" for f in _DATE_FORMS),
    ]
    [row] = connection.execute(f"select {', '.join(wanted)} from {_TABLE}").fetchall()
    counts = [int(n or 0) for n in row]
    if counts[2] <= _COUNTED:
        counts[2] = int(connection.execute(f"select count(distinct {x}) from {_TABLE}").fetchall()[0][0])
    dated = dict(zip(_DATE_FORMS, counts[-len(_DATE_FORMS) :], strict=True))
    return ColumnProfile(name, dated, *counts[: -len(_DATE_FORMS)])
