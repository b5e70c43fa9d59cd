"""Cuboids of a real home: built at publish, used, kept, replaced, and never missed where they are not."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from homes import FEES, write_definition, write_records

from statlas.engine import kernel
from statlas.engine.cuboids import choosing
from statlas.engine.raw import Records
from statlas.errors import BackendError, HomeError, QueryError, UnknownNameError
from statlas.model.classification import Node
from statlas.model.query import Dimension, Filter, Item, Query, TimeKind, TimeSelector
from statlas.service import tables
from statlas.service.tables import cuboid_building, querylog
from statlas.service.tables.cuboid_demand import READY, demand_of
from statlas.store import cuboids as cuboid_files

ALL = Dimension("MONTH", time=TimeSelector(TimeKind.ALL))
TABLES = [
    Query("clubs", dimensions=(ALL, Dimension("AREA"), Dimension("SEX", total=True))),
    Query("clubs", dimensions=(ALL, Dimension("AREA", valueset="COUNTY"), Dimension("AGE_BAND"))),
    Query("clubs", dimensions=(ALL, Dimension("SEX")), filters=(Filter("AGE_BAND", (Node("C_AGE", "2"),)),)),
    Query("clubs", dimensions=(ALL,)),
    Query("clubs", dimensions=(ALL, Dimension("AREA", items=(Item((Node("TOWN", "N1"),)),)), Dimension("SEX"))),
    Query("clubs", dimensions=(ALL, Dimension("AREA", items=(Item((Node("TOWN", "N1"), Node("TOWN", "S1"))),)))),
]


@pytest.fixture(autouse=True)
def _nothing_is_too_small(monkeypatch):
    """Few records have cuboids, too; a twentieth of them is a limit as always."""
    monkeypatch.setattr(choosing, "FIXED_ROWS", 0)


@pytest.fixture
def clubs(tmp_path):
    """The clubs of two months, published."""
    publish(tmp_path, tmp_path / "home")
    return tables.open_home(tmp_path / "home")


def publish(folder, home, *, more="", **records):
    """Publish the clubs of some months."""
    given = [write_records(folder / "r.csv", **records)] if records.get("months", True) else []
    return tables.publish(home=tables.open_home(home), definition=write_definition(folder, more=more), records=given)


def count(home, query, **more):
    """The table of a query, counted."""
    found = tables.manifest(home=home, database_id="clubs")
    database = tables.database(home=home, database_id="clubs")
    return tables.count(home=home, database=database, manifest=found, query=query, **more)


def same(ours, theirs) -> bool:
    """Whether two cubes print the same."""
    return all(
        np.array_equal(getattr(a, name), getattr(b, name))
        for a, b in zip(ours.measures, theirs.measures, strict=True)
        for name in ("values", "status", "flags", "sd")
    )


def files(home):
    """The files of cuboids."""
    return sorted((home.path / "databases" / "clubs" / "cuboids").iterdir())


@pytest.fixture
def scans(monkeypatch):
    """The plans for which records are counted."""
    found = []

    def counted(made, records: Records):
        found.append(made)
        return kernel.count(made, records)

    monkeypatch.setattr("statlas.engine.count", counted)
    return found


def check(home, scans, *, scanned: bool) -> None:
    """Every table is what the records give, and is made from them or without."""
    for query in TABLES:
        before = len(scans)
        ours = count(home, query)
        assert (len(scans) > before) == scanned
        assert same(ours, count(home, query, backend=kernel.count))


# --- used -------------------------------------------------------------------------------------------------------------


def test_publishing_builds_cuboids_that_answer_without_records(clubs, scans):
    """Counts of one field and two, filters, totals, groups and everything: no record is counted for them."""
    check(clubs, scans, scanned=False)


def test_what_no_cuboid_holds_is_counted(clubs, scans):
    """Three fields."""
    three = Query("clubs", dimensions=(Dimension("AREA"), Dimension("SEX"), Dimension("AGE_BAND")))
    count(clubs, three)
    assert len(scans) == 1


def test_sums_are_counted_from_records(tmp_path, scans):
    """Cuboids hold no amounts; medians beside counts take the counts from them."""
    publish(tmp_path, tmp_path / "home", more=FEES, fees=True)
    home = tables.open_home(tmp_path / "home")
    for measures in (("FEE:SUM",), ("FEE:MEDIAN",), ("MEMBERS", "FEE:MEAN")):
        query = Query("clubs", measures=measures, dimensions=(Dimension("SEX"),))
        before = len(scans)
        ours = count(home, query)
        assert len(scans) > before
        assert same(ours, count(home, query, backend=kernel.count))


def test_plans_and_refusals_are_the_same_with_cuboids(clubs):
    """What the rules would say of a table comes from the printed number of each area."""
    query = Query("clubs", dimensions=(Dimension("AREA"), Dimension("SEX"), Dimension("AGE_BAND")))
    with_cuboids = tables.plan(home=clubs, query=query)
    for path in files(clubs):
        path.unlink()
    assert with_cuboids == tables.plan(home=clubs, query=query)


def test_a_table_from_cuboids_is_a_small_one(clubs, monkeypatch):
    """What it takes is not guessed from records that nobody reads."""
    found = tables.manifest(home=clubs, database_id="clubs")
    many = replace(found, records=tuple(replace(record, rows=10**9) for record in found.records))
    monkeypatch.setattr("statlas.service.tables.planning.manifest", lambda **_: many)
    assert tables.plan(home=clubs, query=TABLES[0]).seconds < 0.1
    three = Query("clubs", dimensions=(Dimension("AREA"), Dimension("SEX"), Dimension("AGE_BAND")))
    assert tables.plan(home=clubs, query=three).seconds > 1


# --- missing and damaged ----------------------------------------------------------------------------------------------


def test_without_the_folder_records_are_counted(clubs, scans):
    """It may be removed at any time, while a process works with it as well."""
    check(clubs, scans, scanned=False)
    for path in files(clubs):
        path.unlink()
    (clubs.path / "databases" / "clubs" / "cuboids").rmdir()
    check(clubs, scans, scanned=True)


@pytest.mark.parametrize("how", ["empty", "cut", "changed", "exchanged", "folder"])
def test_damaged_files_mean_a_count_of_records(clubs, scans, how):
    """Never a wrong number and never an error."""
    first, second = files(clubs)
    data, other = first.read_bytes(), second.read_bytes()
    for path in (first, second):
        path.unlink()
    if how == "folder":
        first.mkdir()
    else:
        bad = {"empty": b"", "cut": data[:99], "changed": data[:90] + b"!!" + data[92:], "exchanged": other}[how]
        first.write_bytes(bad)
    check(clubs, scans, scanned=True)
    tables.rebuild_cuboids(home=clubs, database_id="clubs")
    check(clubs, scans, scanned=False)


def test_files_put_there_later_are_used(clubs, scans):
    """A process that has looked in vain looks again when there is another file."""
    kept = {path: path.read_bytes() for path in files(clubs)}
    for path in kept:
        path.unlink()
    check(clubs, scans, scanned=True)
    for path, data in kept.items():
        path.write_bytes(data)
    check(clubs, scans, scanned=False)


# --- the disk ---------------------------------------------------------------------------------------------------------


def test_cuboids_are_for_their_owner_alone(clubs):
    """Confidential like records, whatever the umask."""
    folder = clubs.path / "databases" / "clubs" / "cuboids"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in files(clubs)} == {0o600}
    found = tables.manifest(home=clubs, database_id="clubs")
    assert [path.stem for path in files(clubs)] == sorted(record.sha256 for record in found.records)


def test_verify_passes_them_by(clubs):
    """They are listed by no release, and it misses none."""
    assert not tables.verify(home=clubs)
    files(clubs)[0].write_bytes(b"?")
    files(clubs)[1].unlink()
    assert not tables.verify(home=clubs)


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), MemoryError(), BackendError("no")])
def test_a_publish_does_without_cuboids_that_cannot_be_built(tmp_path, monkeypatch, scans, error):
    """The release answers, and the report says why."""

    def fail(*_args, **_more):
        raise error

    monkeypatch.setattr(cuboid_files, "_write", fail)
    report = publish(tmp_path, tmp_path / "home")
    home = tables.open_home(tmp_path / "home")
    assert report.is_new
    assert report.without_cuboids in ("No space left on device", "MemoryError", "no")
    assert files(home) == []
    check(home, scans, scanned=True)


def test_a_home_that_may_not_be_written_to_says_so(clubs, monkeypatch, scans):
    """Rebuilding fails, and what was there stays."""

    def refuse(*_args, **_more):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(cuboid_files.os, "open", refuse)
    with pytest.raises(HomeError, match="Read-only"):
        tables.rebuild_cuboids(home=clubs, database_id="clubs", budget=0.4)
    monkeypatch.undo()
    assert len(files(clubs)) == 2


def test_what_a_killed_build_left_goes_with_the_next(clubs, monkeypatch):
    """A draft, cuboids of records that no release lists, and whatever else lies there."""
    folder = clubs.path / "databases" / "clubs" / "cuboids"
    name = files(clubs)[0].stem
    for left in (f".{name}.0123456789abcdef.new", "f" * 64 + ".cuboids", "notes"):
        (folder / left).write_text("left")
    (folder / "more").mkdir()
    (folder / "link").symlink_to(clubs.path)
    tables.rebuild_cuboids(home=clubs, database_id="clubs")
    assert len(files(clubs)) == 2
    assert clubs.exists


def test_a_build_that_is_killed_leaves_a_home_that_answers(tmp_path, monkeypatch, scans):
    """After the release became visible, between one file and the next."""

    class Killed(BaseException):
        pass

    kept = cuboid_files.CuboidFiles.keep

    def keep_one(self, sha256, parts):
        if list(self.folder.glob("*")):
            raise Killed
        kept(self, sha256, parts)

    monkeypatch.setattr(cuboid_files.CuboidFiles, "keep", keep_one)
    with pytest.raises(Killed):
        publish(tmp_path, tmp_path / "home")
    monkeypatch.undo()
    monkeypatch.setattr(choosing, "FIXED_ROWS", 0)
    home = tables.open_home(tmp_path / "home")
    assert len(files(home)) == 1
    for query in TABLES:
        assert same(count(home, query), count(home, query, backend=kernel.count))
    assert not tables.verify(home=home)
    assert tables.rebuild_cuboids(home=home, database_id="clubs").built == 2


@contextmanager
def locked(folder):
    """Somebody else at work on a database."""
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    yield
    os.close(descriptor)


def test_one_builds_at_a_time(clubs):
    """Beside a publish or another build a rebuild is refused; telling what there is waits for nobody."""
    with locked(clubs.path / "databases" / "clubs"):
        with pytest.raises(HomeError, match="being published"):
            tables.rebuild_cuboids(home=clubs, database_id="clubs")
        assert tables.cuboids(home=clubs, database_id="clubs").built == 2
    tables.rebuild_cuboids(home=clubs, database_id="clubs")


# --- from release to release ------------------------------------------------------------------------------------------


def marks(home):
    """What tells one version of each file from another."""
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in files(home)}


def test_appending_a_month_builds_that_of_the_month_alone(tmp_path, clubs, scans):
    """Months that stay keep their files as they are."""
    before = marks(clubs)
    publish(tmp_path, clubs.path, months=("202503",))
    after = marks(clubs)
    assert len(after) == 3
    assert before.items() <= after.items()
    check(clubs, scans, scanned=False)


def test_a_revised_month_has_other_cuboids_and_other_noise(tmp_path, clubs, scans):
    """They belong to the records they were counted from; those of records still listed stay for older releases."""
    latest = Query("clubs", dimensions=(Dimension("AREA"), Dimension("SEX")))
    before, first = marks(clubs), count(clubs, latest)
    publish(tmp_path, clubs.path, months=("202502",), n=901)
    assert before.items() <= marks(clubs).items()
    assert len(marks(clubs)) == 3
    assert tables.manifest(home=clubs, database_id="clubs").records[-1].epoch == 1
    assert not same(first, count(clubs, latest))
    check(clubs, scans, scanned=False)
    old = tables.manifest(home=clubs, database_id="clubs", release="1")
    database = tables.database(home=clubs, database_id="clubs", release="1")
    assert same(first, tables.count(home=clubs, database=database, manifest=old, query=latest))


def test_cuboids_outlive_a_definition_that_means_the_same(tmp_path, clubs, scans):
    """Labels and notes are no business of theirs."""
    path = write_definition(tmp_path)
    path.write_text(path.read_text().replace("label: Sex", "label: Gender").replace("Aldwick", "Aldwyck"))
    before = marks(clubs)
    tables.publish(home=clubs, definition=path)
    assert marks(clubs) == before
    check(clubs, scans, scanned=False)


def test_codes_that_are_new_leave_cuboids_in_use(tmp_path, clubs, scans):
    """The records kept have none of them: positions move, numbers do not."""
    path = write_definition(tmp_path)
    text = path.read_text().replace('"1": Female,', '"0": Not known, "1": Female,')
    text = text.replace("N1: {label", "N0: {label: Abbotsby, parent: N}\n          N1: {label")
    path.write_text(text)
    tables.publish(home=clubs, definition=path)
    check(clubs, scans, scanned=False)
    cube = count(clubs, TABLES[0])
    assert cube.dimensions[1].items[0].label == "Abbotsby"


def test_towns_that_moved_are_counted_anew(tmp_path, clubs, scans):
    """Another county for a town: cuboids of towns still hold, as they tell every town apart."""
    path = write_definition(tmp_path)
    path.write_text(path.read_text().replace("label: Corley, parent: N", "label: Corley, parent: S"))
    tables.publish(home=clubs, definition=path)
    check(clubs, scans, scanned=False)


def test_a_publish_adds_to_kept_months_only_so_much(tmp_path, clubs, monkeypatch):
    """What is newly asked for is built for months that stay, the newest first, as far as a bound goes."""
    tables.rebuild_cuboids(home=clubs, database_id="clubs", budget=0.0)
    assert tables.cuboids(home=clubs, database_id="clubs").n_bytes < 1000
    for path in files(clubs):
        path.unlink()
    monkeypatch.setattr(cuboid_building, "KEPT_ROWS", 900)
    publish(tmp_path, clubs.path, months=("202503",))
    assert len(files(clubs)) == 2
    monkeypatch.setattr(cuboid_building, "KEPT_ROWS", 899)
    publish(tmp_path, clubs.path, months=("202504",))
    assert len(files(clubs)) == 3
    monkeypatch.setattr(cuboid_building, "KEPT_ROWS", 900)
    publish(tmp_path, clubs.path, months=("202505",))
    assert len(files(clubs)) == 5


def test_a_dry_run_and_a_publish_of_nothing_new_build_none(tmp_path, clubs):
    """Nothing on the disk changes."""
    before = marks(clubs)
    tables.publish(
        home=clubs,
        definition=write_definition(tmp_path),
        records=[write_records(tmp_path / "r.csv", months=("202504",))],
        dry_run=True,
    )
    publish(tmp_path, clubs.path)
    assert marks(clubs) == before


# --- chosen and explained ---------------------------------------------------------------------------------------------


def test_a_report_explains_every_possible_cuboid(clubs):
    """Fields, cells, share of what is asked, what it saves, why there is none, and for how many periods it is there."""
    report = tables.cuboids(home=clubs, database_id="clubs")
    assert (report.periods, report.built, report.budget) == (2, 2, 0.1)
    assert sum(path.stat().st_size for path in files(clubs)) == report.n_bytes
    assert len(report.facts) == 6
    best = next(fact for fact in report.facts if fact.labels == ("Area", "Sex"))
    assert (best.cells, best.n_bytes, best.verdict, best.built) == (10, 80, "chosen", 2)
    assert best.share > 0.5
    assert best.saved > 0


def test_the_budget_given_once_stays(tmp_path, clubs, scans):
    """Later publishes keep to it, until another is given."""
    report = tables.rebuild_cuboids(home=clubs, database_id="clubs", budget=0.0)
    assert (report.budget, sum(fact.built for fact in report.facts)) == (0.0, 0)
    assert {fact.verdict for fact in report.facts} == {"no room"}
    check(clubs, scans, scanned=True)
    publish(tmp_path, clubs.path, months=("202503",))
    assert tables.cuboids(home=clubs, database_id="clubs").budget == 0.0
    check(clubs, scans, scanned=True)
    tables.rebuild_cuboids(home=clubs, database_id="clubs", budget=0.2)
    check(clubs, scans, scanned=False)


@pytest.mark.parametrize("budget", [-0.1, 0.51, 50.0, float("nan"), float("inf")])
def test_no_budget_goes_beyond_half_of_the_records(clubs, budget):
    """Decision D8."""
    with pytest.raises(QueryError, match="budget"):
        tables.rebuild_cuboids(home=clubs, database_id="clubs", budget=budget)


def test_a_database_that_is_not_there_has_none(clubs):
    """The name is told."""
    for ask in (tables.cuboids, tables.rebuild_cuboids):
        with pytest.raises(UnknownNameError, match="nobody"):
            ask(home=clubs, database_id="nobody")


def log(home, name, *lines: object) -> None:
    """A file of the query log."""
    folder = home.path / "logs"
    folder.mkdir(exist_ok=True)
    text = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
    (folder / f"queries-{name}.jsonl").write_text(text)


def asked(*fields, database="clubs"):
    """A line of the log."""
    return {"hour": "2026-01-01T09", "door": "web", "database": database, "fields": list(fields)}


def test_what_is_asked_often_counts(clubs):
    """Lines of all processes and months, fields by id or label in any order, the date apart."""
    log(clubs, "2026-01-1", asked("MONTH", "SEX", "AGE_BAND"), asked("AGE_BAND", "SEX"))
    log(clubs, "2026-02-2", asked("Age band", "Sex"), asked("SEX", database="clubs_2"))
    database = tables.database(home=clubs, database_id="clubs")
    demand = demand_of(clubs, database)
    assert demand[frozenset({"SEX", "AGE_BAND"})] == pytest.approx(3.1)
    assert demand[frozenset({"SEX", "AREA"})] == pytest.approx(READY + 0.1)


def test_queries_are_logged_as_they_are_read(clubs):
    """What one writes the other understands."""
    for _ in range(3):
        querylog.note(home=clubs, query=TABLES[1], release="1", door="web")
    database = tables.database(home=clubs, database_id="clubs")
    assert demand_of(clubs, database)[frozenset({"AREA", "AGE_BAND"})] == pytest.approx(3.1)


def test_garbage_in_the_log_is_passed_over(clubs):
    """Torn lines, other shapes, names that were never fields, folders and pipes: the rest counts."""
    deep = '{"database": "clubs", "fields": ' + "[" * 100_000
    shapes = [{"database": "clubs"}, ["clubs"], {"database": "clubs", "fields": "SEX"}, asked(1, None), asked("'; --")]
    torn = '{"database": "clubs", "fields": ["SEX", "AGE_'
    log(clubs, "2026-01-1", *shapes, torn, "clubs", "", deep, "\0clubs\0", asked("SEX", "AGE_BAND"), 7, "NaN")
    (clubs.path / "logs" / "queries-x.jsonl").mkdir()
    os.mkfifo(clubs.path / "logs" / "queries-y.jsonl")
    (clubs.path / "logs" / "queries-z.jsonl").write_bytes(b"\xff\xfeclubs" * 99)
    database = tables.database(home=clubs, database_id="clubs")
    demand = demand_of(clubs, database)
    assert demand[frozenset({"SEX", "AGE_BAND"})] == pytest.approx(1.1)


def test_only_the_newest_part_of_the_log_is_read(clubs, monkeypatch):
    """However long it has grown."""
    log(clubs, "2026-01-1", *[asked("SEX", "AGE_BAND")] * 1000)
    log(clubs, "2026-02-1", *[asked("SEX", "AGE_BAND")] * 1000)
    monkeypatch.setattr(querylog, "MOST_BYTES", 120 * 1000)
    found = querylog.fields_asked(home=clubs, database_id="clubs")
    assert 900 < found["AGE_BAND", "SEX"] < 1500


def test_tables_of_three_fields_are_told(clubs):
    """Which no cuboid answers, and how much of what is asked they are."""
    log(clubs, "2026-01-1", *[asked("SEX", "AREA", "AGE_BAND")] * 5)
    report = tables.cuboids(home=clubs, database_id="clubs")
    assert [labels for labels, _ in report.beyond] == [("Area", "Sex", "Age band")]
    assert 0 < report.beyond[0][1] < 1
