"""Opening files of every format, whole and broken."""

import gzip
import random

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

from statlas import tabular
from statlas.tabular import ColumnShape, Kind

SECRET = "Zaphod"


def codes(report):
    """The codes of a report's faults, in order."""
    return [fault.code for fault in report]


@pytest.fixture
def rows(connection):
    """The rows of one file, with their numbers."""

    def read(path):
        [table], report = tabular.open_files(connection, [path])
        assert not report
        return connection.execute(f"from {table.numbered}").fetchall()

    return read


# --- broken files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        (b"", "empty", ()),
        (b"\n", "no-header", (1,)),
        (b",,\n1,2,3\n", "no-header", (1,)),
        (b"a,,c\n1,2,3\n", "blank-column-name", (1,)),
        (b"a,b,A\n1,2,3\n", "duplicate-column", (1,)),
        (b"a,b\n", "no-records", ()),
        (b"a,b", "no-records", ()),
        ("a,b\n1,x\n2,café\n".encode("latin-1"), "wrong-encoding", (3,)),
        ("é,b\n1,x\n".encode("latin-1"), "wrong-encoding", (1,)),
        ("a,b\n1,x\n".encode("utf-16"), "wrong-encoding", (1,)),
        ("a,b\n1,x\n".encode("utf-16-be"), "wrong-encoding", (1,)),
        (b"a,b\n1,\xe2\x82", "wrong-encoding", (2,)),
        (b"a,b\n1,x\n2,y\x00z\n", "nul-byte", (3,)),
        (b"PK\x03\x04rest of a spreadsheet", "wrong-format", ()),
        (b"PAR1 and then nothing of the kind", "unreadable", ()),
        (b"ARROW1 and then nothing of the kind", "unreadable", ()),
        (b"\xff\xff\xff\xff\x10\x00\x00\x00nothing", "unreadable", ()),
        (b"\x1f\x8b\x08 and then nothing of the kind", "truncated", ()),
    ],
)
def test_a_file_that_cannot_be_read_is_one_fault_with_its_row(write, faults, content, code, row):
    """Each way of being unreadable has its own code, and the row where there is one."""
    path = write("records.csv", content)
    [fault] = faults(path)
    assert (fault.code, fault.rows, fault.file) == (code, row, str(path))
    assert fault.expected
    assert fault.mend


def test_a_wrong_byte_far_into_a_large_file_is_found_in_its_row(write, faults):
    """Encoding is judged to the end of the file, across the blocks it is read in."""
    lines = [b"a,b"] + [b"%d,x" % n for n in range(300_000)]
    lines[250_000] = b"7,caf\xe9"
    [fault] = faults(write("records.csv", b"\n".join(lines)))
    assert (fault.code, fault.rows) == ("wrong-encoding", (250_001,))


def test_a_character_split_between_blocks_is_no_fault(write, faults):
    """A character of several bytes may lie across the end of a block."""
    text = "a,b\n" + "1,é\n" * 300_000
    assert not faults(write("records.csv", " " * 3 + text))


@pytest.mark.parametrize("kept", [20, 1000, -1])
def test_a_gz_that_is_cut_short_is_truncated(write, faults, kept):
    """Wherever the file ends early, it is not read as if it ended there."""
    text = "a,b\n" + "".join(f"{n},{random.random()}\n" for n in range(10_000))
    [fault] = faults(write("records.csv.gz", gzip.compress(text.encode())[:kept]))
    assert fault.code == "truncated"


@pytest.mark.parametrize("suffix", ["parquet", "feather", "arrows"])
def test_a_columnar_file_that_is_cut_short_is_unreadable(tmp_path, write, faults, suffix):
    """A truncated Parquet or Arrow file is a fault without a row."""
    whole = columnar(tmp_path, suffix, pa.table({"a": list(range(1000))})).read_bytes()
    [fault] = faults(write(f"cut.{suffix}", whole[: len(whole) // 2]))
    assert fault.code in ("unreadable", "no-records")


def test_rows_with_other_shapes_are_faults_with_their_rows_while_the_rest_is_checked(write, faults):
    """Too few and too many columns are counted, and rows after them keep their numbers in the file."""
    path = write("records.csv", 'a,b\n1,x\n2\n3,"q\nz"\n4,t,e\nfive,k\n')
    report = faults(path, ColumnShape("a", Kind.INTEGER), ColumnShape("b"))
    assert [(f.code, f.rows, f.count) for f in report] == [
        ("too-few-columns", (3,), 1),
        ("too-many-columns", (5,), 1),
        ("not-an-integer", (6,), 1),
    ]


def test_ragged_rows_of_a_large_file_are_found_in_their_rows(write, faults):
    """Row numbers hold when a file is read by several threads at once."""
    lines = ["a,b"] + [f"{n},{'x' * (n % 50)}" for n in range(1_000_000)]
    for n in (999_000, 500_000, 70_000):
        lines[n] += ",more"
    lines[600_000] = "@,x"
    report = faults(write("records.csv", "\n".join(lines)), ColumnShape("a", Kind.INTEGER))
    assert [(f.code, f.rows) for f in report] == [
        ("too-many-columns", (70_001, 500_001, 999_001)),
        ("not-an-integer", (600_001,)),
    ]


def test_a_quote_that_is_never_closed_is_found_where_it_opens(write, faults):
    """An unclosed quote does not swallow the file in silence."""
    lines = ["a,b"] + [f"{n},x" for n in range(100_000)]
    lines[1000] = '5,"x'
    assert ("unclosed-quote", (1001,)) in [(f.code, f.rows) for f in faults(write("records.csv", "\n".join(lines)))]


def test_a_quote_in_the_middle_of_a_value_is_a_fault(write, faults):
    """Text after a closing quote is refused rather than guessed at."""
    [fault] = faults(write("records.csv", 'a,b\n1,"x"y\n2,z\n'))
    assert (fault.code, fault.rows) == ("unclosed-quote", (2,))


def test_mixed_line_endings_are_a_fault(write, faults):
    """A file pasted together from two systems is refused, not half read."""
    [fault] = faults(write("records.csv", b"a,b\r\n1,x\n2,y\r\n"))
    assert fault.code == "mixed-line-endings"


def test_nothing_where_a_file_should_be_is_a_fault(tmp_path, faults):
    """A path that is not there and a folder without data are faults, each with its path."""
    (tmp_path / "empty").mkdir()
    report = faults([tmp_path / "absent.csv", tmp_path / "empty"])
    assert [(f.code, f.file) for f in report] == [
        ("no-files", str(tmp_path / "absent.csv")),
        ("no-files", str(tmp_path / "empty")),
    ]


def test_every_broken_file_of_several_is_reported(write, faults):
    """One broken file does not hide the next."""
    paths = [write("a.csv", b""), write("b.csv", "a,b\n1,x\n"), write("c.csv.gz", b"\x1f\x8b\x08")]
    assert codes(faults(paths)) == ["empty", "truncated"]


@pytest.mark.parametrize(
    "content",
    [
        f'name,b\n{SECRET},x\n"{SECRET}\n',
        f"name,b\n{SECRET}\n{SECRET},x,{SECRET}\n",
        f"name,b\r\n{SECRET},x\n{SECRET},x\r\n",
        f"name,b\n{SECRET},é\n".encode("latin-1"),
        f"name,b\n{SECRET},{SECRET}\n{SECRET},{SECRET}\n",
    ],
)
def test_no_fault_shows_a_value(write, faults, content):
    """Whatever is wrong, what stands in the records stays there."""
    shapes = (
        ColumnShape("name", Kind.CODE, codes=("1",)),
        *(ColumnShape("b", kind) for kind in (Kind.INTEGER, Kind.MONEY, Kind.DATE)),
    )
    report = faults(write("records.csv", content), *shapes, unique=(("name",),))
    assert report
    assert SECRET not in repr(report) + str(report)


def test_an_error_of_duckdb_does_not_travel(connection, write):
    """What DuckDB says of a damaged file quotes it, so it is replaced and cut from the traceback."""
    [table], _ = tabular.open_files(connection, [write("r.csv", f"a\r\n{SECRET}\n{SECRET}\r\n")])
    with pytest.raises(tabular.UnreadableError) as caught, tabular.reading(table):
        connection.execute(f"from {table.source}").fetchall()
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


# --- whole files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,x\n",
        "a,b\n1,x",
        "a,b\r\n1,x\r\n",
        "a,b\r1,x\r",
        "\ufeffa,b\n1,x\n",
        "a;b\n1;x\n",
        "a\tb\n1\tx\n",
        "a|b\n1|x\n",
        '"a","b"\n"1","x"\n',
        " a , b \n1,x\n",
        "a,b\n1,x\n\n\n",
    ],
)
def test_a_csv_is_read_however_it_is_written(write, rows, content):
    """Separator, line ending, byte-order mark and quotes are found out."""
    assert rows(write("records.csv", content)) == [(2, "1", "x")]


@pytest.mark.parametrize(
    "name", ["what.txt", "star[1]*?.csv", "it's.csv", 'say "so".csv', "no_suffix", "year=2025.csv"]
)
def test_a_file_is_known_by_its_content_not_its_name(write, rows, name):
    """Any name will do, with characters that mean something to DuckDB too."""
    assert rows(write(name, "a,b\n1,x\n")) == [(2, "1", "x")]


def test_a_pattern_in_a_name_means_one_file_only(write, rows):
    """A star in a file's name does not take in its neighbours."""
    write("ab.csv", "a,b\n2,y\n")
    assert rows(write("a*.csv", "a,b\n1,x\n")) == [(2, "1", "x")]


def test_a_header_with_awkward_names_is_kept(connection, write):
    """Column names may hold quotes, commas and blanks."""
    [table], _ = tabular.open_files(connection, [write("r.csv", '"it\'s, ""it""",select\n1,2\n')])
    assert table.columns == ('it\'s, "it"', "select")
    assert connection.execute(f"from {table.source}").fetchall() == [("1", "2")]


def test_every_column_of_a_csv_is_text(write, rows):
    """No value is interpreted: leading zeros and long numbers stay."""
    assert rows(write("r.csv", "a,b,c\n007,1e5,12345678901234567890\n")) == [(2, "007", "1e5", "12345678901234567890")]


def test_a_quoted_value_may_hold_separators_quotes_and_lines(write, rows):
    """Rows are numbered by record, not by line."""
    found = rows(write("r.csv", 'a,b\n1,"x, ""y""\nz"\n2,w\n'))
    assert found == [(2, "1", 'x, "y"\nz'), (3, "2", "w")]


def columnar(folder, suffix, table):
    """The table as a file of one of the columnar formats."""
    path = folder / f"records.{suffix}"
    if suffix == "parquet":
        pa.parquet.write_table(table, path, row_group_size=2)
    elif suffix == "feather":
        pa.feather.write_feather(table, path)
    else:
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table, max_chunksize=2)
    return path


@pytest.mark.parametrize("suffix", ["parquet", "feather", "arrows"])
def test_columnar_files_keep_their_types_and_number_their_rows(tmp_path, connection, suffix):
    """Parquet, Arrow files and Arrow streams can be read again and again, the first record being row 2."""
    path = columnar(tmp_path, suffix, pa.table({"n": [1, 2, 3], "s": ["a", None, "c"]}))
    [table], _ = tabular.open_files(connection, [path])
    assert dict(table.types) == {"n": "BIGINT", "s": "VARCHAR"}
    for _ in range(2):
        assert connection.execute(f"from {table.numbered}").fetchall() == [(2, 1, "a"), (3, 2, None), (4, 3, "c")]


def test_a_folder_is_read_in_the_order_of_names_without_what_is_no_data(write, connection, tmp_path):
    """Folders inside are walked; hidden files, marks of other programs and documents are passed over."""
    for name in ("in/b.csv", "in/a.csv.gz", "in/deeper/c.csv", "in/.hidden.csv", "in/_SUCCESS", "in/notes.md"):
        write(name, gzip.compress(b"a\n1\n") if name.endswith("gz") else b"a\n1\n")
    tables, report = tabular.open_files(connection, [tmp_path / "in"])
    assert not report
    assert [table.file.rpartition("in/")[2] for table in tables] == ["a.csv.gz", "b.csv", "deeper/c.csv"]


def test_the_date_of_a_moment_does_not_depend_on_the_machine(tmp_path, connection, monkeypatch):
    """A moment with a time zone is dated in UTC."""
    moment = pa.array([1_759_274_400_000_000], pa.timestamp("us", "Asia/Tokyo"))  # 2025-09-30 23:20 UTC
    path = columnar(tmp_path, "parquet", pa.table({"at": moment}))
    [table], _ = tabular.open_files(connection, [path])
    shape = ColumnShape("at", Kind.DATE)
    assert str(connection.execute(f"select {tabular.value(shape, table)} from {table.source}").fetchall()[0][0]) == (
        "2025-09-30"
    )
