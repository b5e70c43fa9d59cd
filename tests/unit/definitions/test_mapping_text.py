"""A proposed plan as YAML: read again it is the plan, and nothing that is in a definition is written over."""

import pytest
from coded import towns

from statlas import definitions
from statlas.definitions.mapping_text import mapping_text, write_mapping
from statlas.definitions.successors import read_successors
from statlas.errors import DataError
from statlas.model.classification import Node
from statlas.model.map_matching import Confidence
from statlas.model.map_proposing import propose

TEXT = """\
statlas: 1  # the first line
id: d
label: D
unit: u
records: {label: R, table: T}
date: {column: m}
fields:
  - id: AREA
    label: Area
    column: a
    levels: [{id: TOWN, label: Town, codes: {CODES}}]  # towns
"""
BRACES = """\
{statlas: 1, id: d, label: D, unit: u, records: {label: R, table: T}, date: {column: m},
 fields: [{id: AREA, label: Area, column: a, levels: [{id: TOWN, label: Town, codes: {CODES}}]}]}
"""
BEFORE = {"A": "Ash", "B": "Birch", "G": "Gorse Hill"}
NOW = {"X": "Ash", "Y": "Birch", "Z": "Gorze Hill"}


def written(folder, codes=NOW, text=TEXT, name="d.yaml"):
    """A definition of some towns, in a file."""
    (folder / name).write_bytes(
        text.replace("CODES", ", ".join(f"{c}: {label}" for c, label in codes.items())).encode()
    )
    return folder / name


@pytest.fixture
def proposal(tmp_path):
    """Two codes whose names stay, and a guess."""
    return propose(definitions.read(written(tmp_path, BEFORE, name="then.yaml")), definitions.read(written(tmp_path)))


def test_labels_cannot_break_out_of_a_comment():
    """A label with line breaks, marks and bells is one line of text."""
    label = 'Evil\n  fields: []\n"#\x1b[2J\u2028x: y'
    made = mapping_text(propose(towns(("A: #", label)), towns(("X", label))))
    line = next(line for line in made.splitlines() if "Evil" in line)
    assert line.startswith('        "TOWN:A: #": "TOWN:X"  # Evil')
    assert len(made.splitlines()) == 7
    assert "\x1b" not in made


@pytest.mark.parametrize(
    "text",
    [
        BRACES,
        TEXT + "...\n",
        TEXT + "mapping: {measures: {OLD: T}}\n",
    ],
)
def test_what_does_not_take_a_plan_stays_as_it_is(tmp_path, proposal, text):
    """One written in braces, one that is ended, one that has a plan: nothing is changed, and nothing is left beside."""
    path = written(tmp_path, text=text)
    before = path.read_bytes()
    with pytest.raises(DataError):
        write_mapping(path, proposal)
    assert path.read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["d.yaml", "then.yaml"]


def test_nothing_that_is_sure_is_not_written(tmp_path, proposal):
    """A plan of guesses alone is for a person to take."""
    path = written(tmp_path)
    with pytest.raises(DataError, match="Nothing is sure enough"):
        write_mapping(path, proposal, Confidence.SURE)
    assert "mapping" not in path.read_text()


@pytest.mark.parametrize("end", ["", "\n", "  # the end", "\n\n# the end\n"])
def test_the_plan_stands_at_the_end_and_all_else_stays(tmp_path, proposal, end):
    """Comments, order and mode; by way of a link the file itself is written."""
    path = written(tmp_path, text=TEXT.rstrip() + end)
    path.chmod(0o640)
    before = path.read_text()
    (tmp_path / "link.yaml").symlink_to(path)
    write_mapping(tmp_path / "link.yaml", proposal)
    assert path.read_text().startswith(before)
    assert (path.stat().st_mode & 0o777, (tmp_path / "link.yaml").is_symlink()) == (0o640, True)
    codes = dict(definitions.read(path).mapping.of("AREA").codes)
    assert codes == {Node("TOWN", "A"): (Node("TOWN", "X"),), Node("TOWN", "B"): (Node("TOWN", "Y"),)}
    assert '# "TOWN:G": "TOWN:Z"  # Gorse Hill, guess: nearly the same name' in path.read_text()


def test_guesses_count_where_that_is_asked(tmp_path, proposal):
    """All three are lines then."""
    path = written(tmp_path)
    write_mapping(path, proposal, Confidence.GUESS)
    assert definitions.read(path).mapping == proposal.plan(Confidence.GUESS)
    assert len(proposal.plan(Confidence.GUESS).of("AREA").codes) == 3


def test_without_a_line_that_counts_all_is_a_comment(proposal):
    """So that it can be put anywhere and changes nothing."""
    made = mapping_text(proposal, Confidence.SURE)
    assert all(line.startswith("#") for line in made.splitlines())


@pytest.mark.parametrize("text", [b"a,b\n", b"old,new\n\xff,x\n", None])
def test_a_list_of_successors_that_cannot_be_read_says_so(tmp_path, text):
    """No such column, no text, no file."""
    path = tmp_path / "s.csv"
    if text is not None:
        path.write_bytes(text)
    with pytest.raises(DataError, match="list of successors"):
        read_successors(path)


def test_successors_are_read_with_splits_and_ends(tmp_path):
    """A row for each pair; a blank says that a code ended; a byte order mark is no part of a name."""
    (tmp_path / "s.csv").write_bytes("\ufeffoldcd,x,newcd\nA,,X\nA,,Y\nB,,\n,,Z\n".encode())
    assert read_successors(tmp_path / "s.csv", "oldcd", "newcd") == {"A": ("X", "Y"), "B": ()}
