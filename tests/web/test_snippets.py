"""Code to copy, as a page shows it, run against the site: the numbers are those of the table."""

import ast
import csv
import io
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from html import unescape
from pathlib import Path

import m_language
import pytest

from statlas.definitions.address import query_of, with_date
from statlas.formats import FORMATS
from statlas.formats.snippets import LONGEST_ADDRESS
from statlas.model.frames import numbers
from statlas.service import tables

STATLAS = Path(sys.executable).with_name("statlas")
ODD = 'It\'s "$(exit 3)" \\ `x` #{y} %d 50% )" 🦊'
"""The name of a group, as somebody might have linked to it."""

ALL_AREAS = ";".join(f"E0800{n:04d}" for n in range(1, 241))
TABLES = {
    "short": [
        ("rows", "AREA"),
        ("rows", "TENURE"),
        ("columns", "MONTH"),
        ("periods", "latest(2)"),
        ("total", "TENURE"),
    ],
    "numbers": [
        *[("rows", "AREA"), ("columns", "SEX"), ("filter.AGE", "C_AGE:2,C_AGE:3")],
        *[("measure", "V_F_HB_NEW"), ("measure", "LAHBAMT:MEAN"), ("derived", "percentage;row")],
    ],
    "odd": [("rows", "TENURE@C_TENURE"), ("items.TENURE", f"{urllib.parse.quote(ODD)}=1,2;99"), ("columns", "SEX")],
    "long": [
        *[("rows", "AREA@V_AREA"), ("items.AREA", f"{ALL_AREAS};{urllib.parse.quote(ODD)}=E08000001,E08000002")],
        *[("columns", "TENURE"), ("total", "TENURE"), ("measure", "V_F_HB_NEW"), ("measure", "LAHBAMT:MEAN")],
    ],
}
ASKED = [*((name, "cells") for name in TABLES), *((name, "cubes") for name in ("short", "odd", "long"))]
"""Tables by interface: the language of the Open Data API has no filters and no percentages."""


@pytest.fixture(scope="module")
def key(home):
    """A key of the site."""
    command = [STATLAS, "key", "create", "code to copy", "--home", home.path]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture(scope="module")
def shown(served):
    """``shown(table)``: the code that the page of a table shows, by interface and language."""

    def found(table):
        return _codes(f"{served}/databases/hb_new/table?{urllib.parse.urlencode(TABLES[table])}")

    return found


def _codes(address):
    with urllib.request.urlopen(address) as answer:
        page = answer.read().decode()
    blocks = re.findall(r'<details [^>]*id="(cells|cubes)-([\w-]+)">.*?<code>(.*?)</code>', page, re.DOTALL)
    return {(kind, language): unescape(text) for kind, language, text in blocks}


@pytest.fixture(scope="module")
def expected(home, database):
    """``expected(table)``: for each measure its numbers in row-major order, None where none is printed."""

    def found(table):
        query = with_date(database, query_of(database, tuple(TABLES[table])))
        cube = tables.table(home=home, query=query, door="test")
        return [numbers(cube, measure).reshape(-1).tolist() for measure in cube.measures]

    return found


@pytest.fixture
def run(tmp_path, key):
    """``run(program, code)``: what it says, with the key in its environment."""

    def ran(program, code, name="code"):
        script = tmp_path / name
        script.write_text(code, encoding="utf-8")
        environment = {**os.environ, "OPEN_DATA_API_KEY": key, "LC_ALL": "C.UTF-8"}
        done = subprocess.run([program, script], cwd=tmp_path, env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    return ran


@pytest.fixture(scope="module")
def rscript(require_program):
    """R, with jsonlite."""
    how = "apt-get install r-base-core r-cran-jsonlite"
    found = require_program("Rscript", how=how)
    if subprocess.run([found, "-e", "library(jsonlite)"], capture_output=True, check=False).returncode:
        pytest.skip(f"jsonlite is not installed | {how}")
    return found


def _flat(nested):
    return [one for part in nested for one in _flat(part)] if isinstance(nested, list) else [nested]


def _same(got, wanted, kind):
    """The Open Data API writes 0 where no number is printed."""
    wanted = [[0 if n is None and kind == "cubes" else n for n in values] for values in wanted]
    assert len(got) == len(wanted)
    for values, right in zip(got, wanted, strict=True):
        assert [n is None for n in values] == [n is None for n in right]
        assert [n for n in values if n is not None] == pytest.approx([n for n in right if n is not None], rel=1e-12)


# --- languages --------------------------------------------------------------------------------------------------------

PYTHON_TELLS = """
import json
values = [name for name in table.columns if name.endswith("value")]
print("@" + json.dumps([table[name].astype(object).where(table[name].notna(), None).tolist() for name in values]))
"""


@pytest.mark.parametrize(("table", "kind"), ASKED)
def test_python_gets_the_numbers_of_the_table(shown, expected, run, table, kind):
    """As it stands, with pandas or the standard library."""
    code = shown(table)[kind, "python"]
    said = run(sys.executable, code + (PYTHON_TELLS if kind == "cells" else ""))
    if kind == "cells":
        got = json.loads(said.rpartition("@")[2])
    else:
        got = [_flat(ast.literal_eval(line.partition(" ")[2])) for line in said.splitlines()]
    _same(got, expected(table), kind)


R_TELLS = """
values <- table[endsWith(names(table), "value")]
for (one in values) cat("@", paste(format(one, digits = 15, trim = TRUE), collapse = " "), "\\n")
"""
R_TELLS_CUBES = """
for (cube in table$cubes) cat("@", paste(format(aperm(cube$values), digits = 15, trim = TRUE), collapse = " "), "\\n")
"""


@pytest.mark.parametrize(("table", "kind"), ASKED)
def test_r_gets_the_numbers_of_the_table(rscript, shown, expected, run, table, kind):
    """As it stands, with R alone or with jsonlite."""
    code = shown(table)[kind, "r"]
    said = run(rscript, code + (R_TELLS if kind == "cells" else R_TELLS_CUBES))
    lines = [line[1:].split() for line in said.splitlines() if line.startswith("@")]
    _same([[None if n == "NA" else float(n) for n in line] for line in lines], expected(table), kind)


def test_r_reads_the_longest_address(rscript, served, run):
    """One character more would be a body."""
    asked = [("rows", "AREA@V_AREA"), ("items.AREA", ALL_AREAS[:1599]), ("columns", "SEX")]
    code = _codes(f"{served}/databases/hb_new/table?{urllib.parse.urlencode(asked)}")["cells", "r"]
    address = re.search('"(http[^"]*)"', code)[1]
    assert LONGEST_ADDRESS * 0.8 < len(address) <= LONGEST_ADDRESS
    longest = address + "&utm_source=" + "x" * (LONGEST_ADDRESS - len(address) - len("&utm_source="))
    assert "'data.frame':\t320 obs." in run(rscript, code.replace(address, longest))


@pytest.mark.parametrize(("table", "kind"), ASKED)
def test_a_terminal_gets_the_numbers_of_the_table(require_program, shown, expected, run, tmp_path, table, kind):
    """As it stands, by curl into a file or onto the terminal."""
    require_program("curl", how="apt-get install curl")
    said = run("sh", shown(table)[kind, "curl"])
    if kind == "cells":
        got = _values((tmp_path / "table.csv").read_text(encoding="utf-8"))
    else:
        got = [_flat(cube["values"]) for cube in json.loads(said)["cubes"].values()]
    _same(got, expected(table), kind)


def _values(text):
    """The columns of numbers of a file."""
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    names = [name for name in rows[0] if name.endswith("value")]
    return [[float(row[name]) if row[name] else None for row in rows] for name in names]


@pytest.mark.parametrize(("table", "kind"), ASKED)
def test_javascript_gets_the_numbers_of_the_table(require_program, root, shown, expected, run, table, kind):
    """As it stands, in Node."""
    node = require_program("node", str(root / ".venv/bin/node"), how="apt-get install nodejs")
    said = run(node, shown(table)[kind, "javascript"], "code.js")
    got = [_flat(json.loads(line[line.index("[") :])) for line in said.splitlines()]
    _same(got, expected(table), kind)


@pytest.mark.parametrize("table", TABLES)
def test_power_query_names_the_file_and_its_columns(shown, expected, table):
    """Address and query of its literals give the numbers; columns are those of the file, numbers where it has them."""
    steps, _ = m_language.steps(shown(table)["cells", "power-query"])
    address = m_language.text(steps["Answer"][2][1])
    body = json.dumps(m_language.value(steps["Query"])).encode() if "Query" in steps else None
    with urllib.request.urlopen(urllib.request.Request(address, body)) as answer:
        text = answer.read().decode()
    _same(_values(text), expected(table), "cells")
    names, *rows = csv.reader(io.StringIO(text, newline=""))
    typed = m_language.value(steps["Typed"][steps["Typed"].index(("mark", "{")) : -3])
    assert [name for name, _ in typed] == names
    for at, (_, kind) in enumerate(typed):
        assert kind == "type text" or all(not row[at] or float(row[at]) is not None for row in rows)
    assert f"Columns = {len(names)}" in shown(table)["cells", "power-query"]


@pytest.mark.parametrize("table", ["short", "odd", "long"])
def test_power_query_asks_the_open_data_api(served, key, shown, expected, table):
    """With the body of its literals, and a place for the key."""
    steps, _ = m_language.steps(shown(table)["cubes", "power-query"])
    assert m_language.value(steps["ApiKey"]) == "YOUR-KEY"
    body = json.dumps(m_language.value(steps["Query"])).encode()
    request = urllib.request.Request(f"{served}/webapi/rest/v1/table?release=1", body, {"APIKey": key})
    assert m_language.text(steps["Answer"][2][1]) == request.full_url
    with urllib.request.urlopen(request) as answer:
        got = [_flat(cube["values"]) for cube in json.load(answer)["cubes"].values()]
    _same(got, expected(table), "cubes")


# --- the page ---------------------------------------------------------------------------------------------------------


def test_long_questions_are_sent_as_a_body(shown):
    """Short ones stand in the address, which a reader can change; the release is named in both."""
    short, long = shown("short"), shown("long")
    for language in ("python", "r", "curl", "javascript", "power-query"):
        assert "rows=AREA&rows=TENURE" in short["cells", language]
        assert "release=1" in short["cells", language]
        assert "rows=" not in long["cells", language]
        assert re.search(r'"?release"?( =|:) "1"', long["cells", language]), language


def test_what_the_open_data_api_cannot_say_is_told(get):
    """A filtered table has no code for it, but the reason."""
    page = get(f"/databases/hb_new/table?{urllib.parse.urlencode(TABLES['numbers'])}")
    assert 'id="cells-python"' in page
    assert 'id="cubes-python"' not in page
    assert "A query of the Open Data API cannot ask for this table" in page


def test_names_on_the_page_are_no_markup(get):
    """The label of a group stands in code as text."""
    hostile = "</code></pre><script>alert(1)</script>"
    asked = [("rows", "TENURE@C_TENURE"), ("items.TENURE", f"{hostile.replace('=', '%3D')}=1,2;99")]
    page = get(f"/databases/hb_new/table?{urllib.parse.urlencode(asked)}")
    assert hostile not in page
    assert "alert" in page


def test_the_page_of_a_database_has_code_that_runs(served, run, require_program):
    """For the first table of each, with a key."""
    codes = _codes(f"{served}/databases/rents")
    assert {language for _, language in codes} == {"python", "r", "curl", "javascript", "power-query"}
    assert "str:count:rents:RENTS" in run(sys.executable, codes["cubes", "python"])
    require_program("curl", how="apt-get install curl")
    assert "str:count:rents:RENTS" in run("sh", codes["cubes", "curl"])


def test_every_kind_of_file_is_at_the_address_with_another_ending(served, shown):
    """As the page says."""
    address = m_language.text(
        m_language.steps(shown("short")["cells", "power-query"])[0]["Answer"][2][1],
    )
    for form in FORMATS.values():
        with urllib.request.urlopen(address.replace("tables.csv", f"tables.{form.suffix}")) as answer:
            assert answer.status == 200
