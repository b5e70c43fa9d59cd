"""Publishing, as a publisher sees it: real definitions and files, through the command line."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
from homes import write_definition, write_records
from trees import tree
from typer.testing import CliRunner

from statlas import records
from statlas.cli import app
from statlas.model.query import Dimension, Query
from statlas.service import tables


class Publisher:
    """Somebody at a terminal, with a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = tables.open_home(folder / "home")
        self.definition = write_definition(folder)

    def records(self, *months: str, seed: int = 1, name: str = "") -> Path:
        """A file of records of some months; another seed is another set of records."""
        return write_records(self.folder / (name or f"{'-'.join(months)}-{seed}.csv"), months=months, n=300, seed=seed)

    def run(self, *arguments: object, code: int = 0) -> str:
        """What ``statlas`` says, having ended with ``code``."""
        given = [str(argument) for argument in (*arguments, "--home", self.home.path)]
        result = CliRunner().invoke(app, given)
        assert result.exit_code == code, result.output
        return re.sub(r"\s+", " ", result.output)

    def publish(self, *records: object, code: int = 0) -> str:
        """``statlas publish --now``; few made-up records are strange by chance, and are accepted."""
        return self.run("publish", "--now", "--accept-findings", "Made up.", self.definition, *records, code=code)

    def edit(self, before: str, after: str) -> None:
        """Change the definition."""
        text = self.definition.read_text("utf-8")
        assert before in text
        self.definition.write_text(text.replace(before, after), encoding="utf-8")


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    """A publisher with a definition and no home yet."""
    return Publisher(tmp_path)


def epochs(publisher: Publisher) -> dict[str, int]:
    """Epoch by period of the release that answers."""
    return {record.period: record.epoch for record in publisher.home.current("clubs").records}


# --- months --------------------------------------------------------------------------------------------------------


def test_adding_a_month_rewrites_that_month_only(publisher: Publisher) -> None:
    """The other months' files are the same files; the release before can still be asked for."""
    publisher.publish(publisher.records("202501", "202502"))
    files = {path: path.stat().st_mtime_ns for path in publisher.home.path.glob("databases/*/releases/*/records/*")}
    assert "new: 202503" in publisher.publish(publisher.records("202503"))
    after = {path: path.stat().st_mtime_ns for path in publisher.home.path.glob("databases/*/releases/*/records/*")}
    assert files.items() < after.items()
    assert len(after) == 3
    database = tables.database(home=publisher.home, database_id="clubs")
    assert database.periods == ("202501", "202502", "202503")
    assert tables.database(home=publisher.home, database_id="clubs", release="1").periods == ("202501", "202502")
    assert publisher.run("verify") == "Every file is there and as it was published. "


def test_a_revision_redraws_its_month_alone(publisher: Publisher) -> None:
    """Changed records raise the month's epoch; a pinned release answers as it did."""
    publisher.publish(publisher.records("202501", "202502"))
    pinned = Query("clubs", dimensions=(Dimension("AREA"),), release="1")
    before = tables.table(home=publisher.home, query=pinned, door="test").measures[0].values.tolist()
    assert "revised: 202501" in publisher.publish(publisher.records("202501", seed=2))
    assert epochs(publisher) == {"202501": 1, "202502": 0}
    assert tables.table(home=publisher.home, query=pinned, door="test").measures[0].values.tolist() == before


def test_publishing_the_same_again_makes_no_release(publisher: Publisher) -> None:
    """Whatever the order of the rows, nothing new is nothing new, and the command says so."""
    source = publisher.records("202501", "202502")
    publisher.publish(source)
    rows = source.read_text().splitlines()
    source.write_text("\n".join([rows[0], *sorted(rows[1:], reverse=True)]) + "\n")
    before = tree(publisher.home.path)
    assert "Nothing has changed: release 1 of clubs" in publisher.publish(source)
    assert tree(publisher.home.path) == before


def test_a_fourth_version_of_a_month_needs_an_agreement(publisher: Publisher) -> None:
    """Without one it is refused and nothing changes; with one, who and why stand in the manifest."""
    for seed in (1, 2, 3):
        publisher.publish(publisher.records("202501", seed=seed))
    fourth = publisher.records("202501", "202502", seed=4)
    before = tree(publisher.home.path)
    assert "202501: the disclosure officer's agreement" in publisher.publish(fourth, code=2)
    assert "together" in publisher.publish(fourth, "--agreed-by", "A. Officer", code=2)
    assert "together" in publisher.publish(fourth, "--agreed-by", "A. Officer", "--reason", " ", code=2)
    assert tree(publisher.home.path) == before
    publisher.publish(fourth, "--agreed-by", "A. Officer", "--reason", "A count was wrong.")
    assert epochs(publisher) == {"202501": 3, "202502": 0}
    [agreement] = publisher.home.current("clubs").agreements
    assert (agreement.period, agreement.epoch, agreement.by) == ("202501", 3, "A. Officer")
    assert "202501" in publisher.publish(publisher.records("202501", seed=5), code=2)


# --- faults --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("published", [(), ("202501",)], ids=["no home", "a home"])
def test_faults_change_nothing_on_the_disk(publisher: Publisher, published: tuple[str, ...]) -> None:
    """Every fault of every file is told with exit code 2, and the home is the same to the byte, or still not there."""
    if published:
        publisher.publish(publisher.records(*published))
    bad = publisher.folder / "bad.csv"
    with bad.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["member", "month", "town", "sex"])
        writer.writerows([f"Quetzal-{n}", "202502", "X9", "1"] for n in range(7))
    before = tree(publisher.home.path)
    said = publisher.publish(bad, publisher.folder / "nowhere.csv", code=2)
    assert tree(publisher.home.path) == before
    for part in ("column 'age': a column of this name", "nowhere.csv: a CSV", "nothing was changed"):
        assert part in said
    said = publisher.publish(_with_ages(bad), code=2)
    assert tree(publisher.home.path) == before
    assert "column 'town' rows 2, 3, 4, 5, 6: codes of AREA. (7 rows)" in said
    assert "Quetzal" not in said


def _with_ages(path: Path) -> Path:
    rows = path.read_text().splitlines()
    path.write_text("\n".join([f"{rows[0]},age", *(f"{row},30" for row in rows[1:])]) + "\n")
    return path


def test_faults_of_the_definition_change_nothing(publisher: Publisher) -> None:
    """A definition with mistakes is told before any record is read."""
    publisher.edit("kind: geography", "kind: geographic")
    assert "clubs.yaml" in publisher.publish(publisher.records("202501"), code=2)
    assert not publisher.home.path.exists()


def test_another_period_than_the_one_named_is_a_fault(publisher: Publisher) -> None:
    """`--period` says what the publisher believes to publish."""
    said = publisher.publish(publisher.records("202501", "202502"), "--period", "202502", code=2)
    assert "records of 202502 only. (300 rows)" in said
    assert "new: 202502" in publisher.publish(publisher.records("202502"), "--period", "202502")


def test_records_are_needed_once(publisher: Publisher) -> None:
    """Without records there is nothing to release at first; later the definition alone can change."""
    assert "no records" in publisher.publish(code=2)
    publisher.publish(publisher.records("202501"))
    publisher.edit("Members of made-up clubs", "Members of invented clubs")
    assert "the definition alone has changed" in publisher.publish()
    assert tables.database(home=publisher.home, database_id="clubs").label == "Members of invented clubs"
    assert epochs(publisher) == {"202501": 0}


# --- a dry run -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("published", [(), ("202501",)], ids=["no home", "a home"])
def test_a_dry_run_shows_the_first_table_and_changes_nothing(publisher: Publisher, published: tuple[str, ...]) -> None:
    """It says what would be released and how the first ready-made table would look, protected."""
    if published:
        publisher.publish(publisher.records(*published))
    before = tree(publisher.home.path)
    said = publisher.publish(publisher.records("202502"), "--dry-run")
    assert tree(publisher.home.path) == before
    for part in (f"Would be release {1 + len(published)} of clubs: new: 202502", "Aldwick", "Female", "carries noise"):
        assert part in said


def test_a_dry_run_prints_what_would_be_printed(publisher: Publisher) -> None:
    """With the keys of the home, the table of a dry run is the table of the release."""
    publisher.publish(publisher.records("202501"))
    new = publisher.records("202502")
    rows = re.findall(r"(?:Aldwick|Burwell|Corley|Dunmere|Eastlow) \S+ \S+", publisher.publish(new, "--dry-run"))
    publisher.publish(new)
    query = tables.database(home=publisher.home, database_id="clubs").tables[0].query
    shown = re.sub(r"\s+", " ", repr(tables.table(home=publisher.home, query=query, door="test")))
    assert len(rows) == 5
    assert all(row in shown for row in rows)


# --- changes of the definition ---------------------------------------------------------------------------------------


def test_a_release_holds_its_definition_as_given(tmp_path: Path) -> None:
    """The YAML and its code lists are kept to the byte beside the records, in folders as given."""
    publisher = Publisher(tmp_path)
    publisher.edit('{"1": Female, "2": Male}', "lists/sex.csv")
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "sex.csv").write_bytes(b"\xef\xbb\xbfcode,label\r\n1,Female\r\n2,Male\r\n")
    publisher.publish(publisher.records("202501"))
    kept = publisher.home.path / "databases/clubs/releases/1/definition"
    assert (kept / "clubs.yaml").read_bytes() == publisher.definition.read_bytes()
    assert (kept / "lists/sex.csv").read_bytes() == (tmp_path / "lists/sex.csv").read_bytes()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("N3: {label: Corley, parent: N}", "N9: {label: Corley, parent: N}", "fields[0]: codes of AREA"),
        ("N3: {label: Corley, parent: N}", "N3: {label: Corley, parent: N, valid_from: 202502}", "exist in 202501"),
        ('75], "4": [75', '76], "4": [76', "fields[2]: AGE_BAND derived alike"),
        ("SEX", "GENDER", "fields[1]: GENDER in every period"),
        (", unit_id: member", "", "records.unit_id: record keys made from the row"),
        ("family: clubs", "family: others", "family: record keys of family 'others'"),
    ],
)
def test_records_that_no_longer_fit_must_be_published_again(
    publisher: Publisher, before: str, after: str, said: str
) -> None:
    """A definition that would read kept records otherwise is refused, period by period; with them it is published."""
    publisher.publish(publisher.records("202501"))
    publisher.edit(before, after)
    unchanged = tree(publisher.home.path)
    told = publisher.publish(code=2)
    assert said in told
    assert "Publish the records of this period again" in told
    assert tree(publisher.home.path) == unchanged


def test_codes_may_be_added_and_moved(publisher: Publisher) -> None:
    """New codes, another order and new labels need no record to be published again: the old files are translated."""
    publisher.publish(publisher.records("202501"))
    query = Query("clubs", dimensions=(Dimension("AREA", valueset="TOWN"),))
    before = _by_label(tables.table(home=publisher.home, query=query, door="test"))
    publisher.edit("N1: {label: Aldwick, parent: N}", "N0: {label: Newtown, parent: N}")
    last = "S2: {label: Eastlow, parent: S}"
    publisher.edit(last, f"{last}\n          N1: {{label: Aldwick, parent: N}}")
    publisher.publish()
    after = _by_label(tables.table(home=publisher.home, query=query, door="test"))
    assert after.pop("Newtown") == (0.0, 1)
    assert after == before


def _by_label(cube: Any) -> dict[str, tuple[float, int]]:
    towns = next(d for d in cube.dimensions if d.field == "AREA")
    values, status = cube.measures[0].values.ravel().tolist(), cube.measures[0].status.ravel().tolist()
    return {item.label: (v, s) for item, v, s in zip(towns.items, values, status, strict=True)}


# --- families --------------------------------------------------------------------------------------------------------


def test_a_family_is_protected_alike(publisher: Publisher) -> None:
    """An open database may not share units with a protected one; the error names the other database."""
    publisher.publish(publisher.records("202501"))
    publisher.edit("policy: standard", "policy: open")
    publisher.edit("id: clubs", "id: clubs_open")
    said = publisher.publish(publisher.records("202501"), code=2)
    assert "clubs (release 1) has policy 'standard', this one 'open'" in said
    assert tables.open_home(publisher.home.path).databases() == ("clubs",)
    publisher.edit("family: clubs", "family: clubs_open")
    publisher.publish(publisher.records("202501"))


def test_units_of_a_family_keep_their_keys(publisher: Publisher) -> None:
    """The same unit has the same key in every period and database of its family, and another elsewhere."""

    def keys(database_id: str) -> list[int]:
        manifest = publisher.home.current(database_id)
        database = tables.database(home=publisher.home, database_id=database_id)
        return sorted(records.open_period(publisher.home.path_of(manifest.records[-1]), database).keys.tolist())

    publisher.publish(publisher.records("202501"))
    first = keys("clubs")
    publisher.publish(publisher.records("202502", seed=3))
    assert keys("clubs") == first
    publisher.edit("id: clubs", "id: second")
    publisher.publish(publisher.records("202501", seed=4))
    assert keys("second") == first
    publisher.edit("id: second", "id: third")
    publisher.edit("family: clubs", "family: others")
    publisher.publish(publisher.records("202501"))
    assert set(keys("third")).isdisjoint(first)


def test_verify_ends_with_exit_code_two(publisher: Publisher) -> None:
    """A damaged home is told file by file."""
    assert "is no home" in publisher.run("verify", code=5)
    publisher.publish(publisher.records("202501"))
    path = publisher.home.path_of(publisher.home.current("clubs").records[0])
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1])
    assert f"{path.relative_to(publisher.home.path)}: the bytes that were published" in publisher.run("verify", code=2)
