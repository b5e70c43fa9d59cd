"""Checking columns: every fault with its count and first rows, in one report."""

import pyarrow as pa
import pyarrow.parquet
import pytest

from statlas import tabular
from statlas.tabular import Check, ColumnShape, Kind, TableShape


def found(report):
    """What a report says, without its prose."""
    return [(fault.code, fault.column, fault.rows, fault.count) for fault in report]


def column(*values):
    """A CSV of one column ``x``, beside a column that is never blank."""
    return "x,n\n" + "".join(f'"{value}",1\n' for value in values)


@pytest.mark.parametrize(
    ("shape", "values", "code", "rows"),
    [
        (ColumnShape("x"), ["a", "", " ", "b"], "blank", (3, 4)),
        (ColumnShape("x", Kind.CODE, codes=("a", "B")), ["a", "b", "B", " a ", "a b", "c"], "unknown-code", (3, 6, 7)),
        (ColumnShape("x", Kind.INTEGER), ["1", "-2", "1,000", "1.0", "1.5", "x", "1e3"], "not-an-integer", (6, 7, 8)),
        (ColumnShape("x", Kind.DECIMAL, scale=1), ["1", "2.5", "2.50", ".5", "1.", "x"], "not-a-number", (5, 6, 7)),
        (ColumnShape("x", Kind.DECIMAL, scale=1), ["1", "2.55"], "too-many-decimals", (3,)),
        (ColumnShape("x", Kind.MONEY), ["1", "£1,234.50", "-£5", "£-5", "(5)", "1,23", "5 p"], "not-money", (6, 7, 8)),
        (ColumnShape("x", Kind.MONEY), ["--5", "-£-5", "£", "1234567890123456", "$5"], "not-money", (2, 3, 4, 5, 6)),
        (ColumnShape("x", Kind.MONEY), ["1.005", "1.000", "1"], "too-many-decimals", (2,)),
        (ColumnShape("x", Kind.DATE), ["2025-09-30", "30/09/2025", "2025-02-30", "202509"], "not-a-date", (4, 5)),
        (ColumnShape("x", Kind.DATE, forms=("month",)), ["202509", "2025-09", "202513", "2025"], "not-a-date", (4, 5)),
        (ColumnShape("x", Kind.DATE, forms=("year",)), ["2025", "25", "202509"], "not-a-date", (3, 4)),
        (
            ColumnShape("x", Kind.DATE, forms=("financial_year",)),
            ["202526", "2025-26", "2025/26", "199900", "202527", "2025"],
            "not-a-date",
            (6, 7),
        ),
    ],
)
def test_a_value_of_the_wrong_kind_is_a_fault_with_its_rows(write, faults, shape, values, code, rows):
    """Only what the shape allows passes; the first five faulty rows are named."""
    assert found(faults(write("r.csv", column(*values)), shape)) == [(code, "x", rows, len(rows))]


def test_a_column_that_is_not_required_may_be_blank(write, faults):
    """Blanks pass where the shape says so; what stands there is judged all the same."""
    shape = ColumnShape("x", Kind.INTEGER, required=False)
    assert found(faults(write("r.csv", column("", "a")), shape)) == [("not-an-integer", "x", (3,), 1)]


def test_all_faults_of_all_columns_come_at_once(write, faults):
    """One pass reports every column, each with the number of rows and no more than five of them."""
    path = write("r.csv", "id,award,la\n" + "".join(f"{n},{n}.123,?\n" for n in range(100)) + ",x,E1\n")
    report = faults(
        path, ColumnShape("id"), ColumnShape("award", Kind.MONEY), ColumnShape("la", Kind.CODE, codes=("E1",))
    )
    assert found(report) == [
        ("blank", "id", (102,), 1),
        ("not-money", "award", (102,), 1),
        ("too-many-decimals", "award", (2, 3, 4, 5, 6), 100),
        ("unknown-code", "la", (2, 3, 4, 5, 6), 100),
    ]


def test_a_missing_column_names_the_nearest_and_the_rest_is_checked(write, faults):
    """A misspelt name is recognised, whatever its capitals."""
    path = write("r.csv", "Clam_ref,award\n1,x\n")
    report = faults(path, ColumnShape("claim_ref"), ColumnShape("award", Kind.MONEY), ColumnShape("zz"))
    assert [f.code for f in report] == ["missing-column", "missing-column", "not-money"]
    assert "Is it 'Clam_ref'?" in report.faults[0].mend
    assert "Clam_ref, award" in report.faults[1].mend


def test_an_optional_column_may_be_absent(write, faults):
    """Absence is no fault where the shape says so."""
    assert not faults(write("r.csv", "a\n1\n"), ColumnShape("a"), ColumnShape("b", optional=True))


def test_further_columns_are_faults_only_when_strict(write, faults):
    """Records may hold more than is used; a code list may not."""
    path = write("r.csv", "a,b\n1,2\n")
    assert not faults(path, ColumnShape("a"))
    assert found(faults(path, ColumnShape("a"), strict=True)) == [("unknown-column", "b", (), 1)]


def test_duplicates_are_found_across_files_and_counted_without_the_first(write, faults):
    """The second and later rows of a key are the faulty ones, in the file where they stand."""
    paths = [
        write("a.csv", "id,m\n1,202501\n1,202502\n2,202501\n1,2025-01-31\n,202501\n,202501\n"),
        write("b.csv", "id,m\n1,202501\n3,202501\n2,202502\n"),
    ]
    month = ColumnShape("m", Kind.DATE, forms=("month", "day"), floor="month")
    report = faults(paths, ColumnShape("id", required=False), month, unique=(("id", "m"),))
    assert [(f.code, f.column, f.rows, f.file) for f in report] == [
        ("duplicate", "id, m", (5,), str(paths[0])),
        ("duplicate", "id, m", (2,), str(paths[1])),
    ]


def test_duplicates_after_rows_that_were_left_out_keep_their_row_numbers(write, faults):
    """A ragged row does not shift the rows below it."""
    report = faults(write("r.csv", "id,m\n1,a\n2\n1,b\n"), ColumnShape("id"), unique=(("id",),))
    assert found(report) == [("too-few-columns", "", (3,), 1), ("duplicate", "id", (4,), 1)]


def test_a_rule_of_the_callers_joins_the_same_report(write, connection):
    """A condition in SQL is counted and placed like any other."""
    tables, _ = tabular.open_files(connection, [write("r.csv", "a,b\n1,2\n2,1\n")])
    rule = Check("a", "order", "a up to b.", "Swap them.", "a > b")
    report = tabular.check(connection, tables, TableShape((ColumnShape("a"),)), also=lambda _: [rule])
    assert found(report) == [("order", "a", (3,), 1)]


def test_a_rule_of_the_callers_is_not_asked_of_a_table_that_lacks_a_column(write, connection):
    """It would name columns that are not there."""
    tables, _ = tabular.open_files(connection, [write("r.csv", "a\n1\n")])
    rule = Check("b", "order", "a up to b.", "Swap them.", "a > b")
    shape = TableShape((ColumnShape("a"), ColumnShape("b")))
    assert [f.code for f in tabular.check(connection, tables, shape, also=lambda _: [rule])] == ["missing-column"]


def test_a_mistake_in_sql_of_ours_is_not_taken_for_a_damaged_file(write, connection):
    """Our own bugs stay visible."""
    tables, _ = tabular.open_files(connection, [write("r.csv", "a\n1\n")])
    rule = Check("a", "x", "x.", "x.", "no_such_column = 1")
    with pytest.raises(Exception, match="no_such_column"):
        tabular.check(connection, tables, TableShape(()), also=lambda _: [rule])


def test_a_long_list_of_codes_is_looked_up(write, faults):
    """Tens of thousands of codes, some with quotes in them, are one look-up a row."""
    codes = tuple(f"E'{n}" for n in range(40_000))
    path = write("r.csv", "x\n" + "\n".join(codes) + "\nE'40000\n")
    assert found(faults(path, ColumnShape("x", Kind.CODE, codes=codes))) == [("unknown-code", "x", (40_002,), 1)]


def test_two_columns_may_have_lists_and_the_check_can_be_repeated(write, faults):
    """Nothing of one check is left for the next."""
    path = write("r.csv", "x,y\na,b\n")
    shapes = (ColumnShape("x", Kind.CODE, codes=("a",)), ColumnShape("y", Kind.CODE, codes=("c",)))
    for _ in range(2):
        assert found(faults(path, *shapes)) == [("unknown-code", "y", (2,), 1)]


def parquet(path, **columns):
    """A Parquet file of these columns."""
    pa.parquet.write_table(pa.table(columns), path)
    return path


def test_a_column_of_lists_or_bytes_is_refused(tmp_path, faults):
    """Only single values can be read as text."""
    path = parquet(tmp_path / "r.parquet", a=[[1], [2]], b=[b"x", b"\xff"])
    report = faults(path, ColumnShape("a"), ColumnShape("b", required=False))
    assert [(f.code, f.column) for f in report] == [("column-type", "a"), ("column-type", "b")]


def test_typed_columns_are_judged_like_text(tmp_path, faults):
    """Whole floats are codes, NaN is a blank, and a float of pounds must be near a penny."""
    path = parquet(
        tmp_path / "r.parquet",
        code=[1.0, 2.0, float("nan")],
        money=[0.1 + 0.2, 12.345, 1e6],
        single=pa.array([12.34, 1.005, 50.75], pa.float32()),
        month=pa.array([202509, 202513, None], pa.int32()),
    )
    report = faults(
        path,
        ColumnShape("code", Kind.CODE, codes=("1",)),
        ColumnShape("money", Kind.MONEY),
        ColumnShape("single", Kind.MONEY),
        ColumnShape("month", Kind.DATE, forms=("month",)),
    )
    assert found(report) == [
        ("blank", "code", (4,), 1),
        ("unknown-code", "code", (3,), 1),
        ("too-many-decimals", "money", (3,), 1),
        ("too-many-decimals", "single", (3,), 1),
        ("blank", "month", (4,), 1),
        ("not-a-date", "month", (3,), 1),
    ]


def test_memory_stays_within_the_limit_however_many_rows(tmp_path, write):
    """Finding duplicates among more keys than fit in memory spills to the folder given, which is left empty."""
    spill = tmp_path / "spill"
    path = tmp_path / "r.parquet"
    with tabular.connect(memory_limit="150MB", temp_dir=spill) as connection:
        connection.execute(
            f"copy (select 'unit ' || range % 2999999 as id from range(3000000)) to '{path}' (format parquet)"
        )
        tables, _ = tabular.open_files(connection, [path])
        report = tabular.check(connection, tables, TableShape((ColumnShape("id"),), unique=(("id",),)))
    assert found(report) == [("duplicate", "id", (3_000_001,), 1)]
    assert not list(spill.glob("*"))
