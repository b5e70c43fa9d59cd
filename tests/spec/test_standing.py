"""A release that was public is withdrawn, restored, and its records destroyed; readers are told the truth each time."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from homes import write_definition, write_records
from trees import tree

from statlas.definitions.address import with_date
from statlas.engine.cuboids import choosing
from statlas.errors import DestroyedError, HomeError, QueryError, UnknownNameError, WithdrawnError
from statlas.model.query import Dimension, Query, TimeKind, TimeSelector
from statlas.service import tables
from statlas.service.keeper import flipping, prepared
from statlas.service.tables import answers, counting, differences, drafting, giving, standing
from statlas.store import Home, layout

AT = datetime(2026, 2, 18, 11, 0, tzinfo=UTC)
SEX = Query("clubs", dimensions=(Dimension("MONTH", time=TimeSelector(TimeKind.ALL)), Dimension("SEX")))
AGES = Query("clubs", dimensions=(Dimension("MONTH", time=TimeSelector(TimeKind.ALL)), Dimension("AGE_BAND")))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three releases: two months, one of them revised, one added; with cuboids."""
    folder = tmp_path_factory.mktemp("standing")
    definition, home = write_definition(folder), tables.open_home(folder / "home")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(choosing, "FIXED_ROWS", 0)
        for months, seed in ((("202501", "202502"), 1), (("202502",), 2), (("202503",), 3)):
            given = write_records(folder / f"{seed}.csv", months=months, n=2_000, seed=seed)
            tables.publish(home=home, definition=definition, records=[given])
    return folder


@pytest.fixture
def home(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A copy of that home, from which nothing has been asked yet."""
    counting._open_period.cache_clear()
    monkeypatch.setattr(giving, "answers", answers.Answers())
    return tables.open_home(shutil.copytree(published, tmp_path / "copy") / "home")


def numbers(home: Home, query: Query, release: str | None = None) -> list[float]:
    """What readers get."""
    cube = tables.table(home=home, query=replace(query, release=release), door="test")
    return [float(value) for value in cube.measures[0].values.ravel()]


def withdraw(home: Home, release: str = "3", reason: str = "A town was miscoded.") -> None:
    """Withdraw a release of the clubs."""
    standing.withdraw(home=home, database_id="clubs", release=release, reason=reason, at=AT)


def restore(home: Home, release: str = "3", reason: str = "It was right.") -> None:
    """Restore it."""
    standing.restore(home=home, database_id="clubs", release=release, reason=reason, at=AT)


def destroy(home: Home, release: str = "1", reason: str = "Kept no longer than needed.") -> None:
    """Destroy its records."""
    standing.destroy(home=home, database_id="clubs", release=release, reason=reason, at=AT)


def record_files(home: Home) -> set[str]:
    """Names of the files of records that lie in the home."""
    return {path.stem for path in home.path.glob("databases/clubs/**/*.arrow")}


# --- withdrawn --------------------------------------------------------------------------------------------------------


def test_a_withdrawn_release_shows_its_notice(home: Home) -> None:
    """The one before answers; who asks for the withdrawn one is told why and since when, whatever was kept of it."""
    pinned = numbers(home, SEX, "3")
    assert pinned
    withdraw(home)
    assert home.current("clubs").release == "2"
    assert (home.releases("clubs"), home.all_releases("clubs")) == (("1", "2"), ("1", "2", "3"))
    assert tables.database(home=home, database_id="clubs").periods == ("202501", "202502")
    for ask in (
        lambda: numbers(home, SEX, "3"),
        lambda: tables.manifest(home=home, database_id="clubs", release="3"),
        lambda: tables.database(home=home, database_id="clubs", release="3"),
    ):
        with pytest.raises(WithdrawnError, match="A town was miscoded") as raised:
            ask()
        assert raised.value.http_status == 410
        assert raised.value.since == "2026-02-18T11:00:00+00:00"
    assert home.withdrawn("clubs")["3"].reason == "A town was miscoded."
    assert not tables.verify(home=home)


def test_a_restored_release_is_what_it_was(home: Home) -> None:
    """It answers again, to the number; what the notice said is kept; it can be withdrawn again."""
    before = numbers(home, SEX)
    for _ in range(2):
        withdraw(home)
        restore(home)
        assert home.current("clubs").release == "3"
        assert numbers(home, SEX) == before
    assert home.withdrawn("clubs") == {}
    assert list(home.path.glob("databases/clubs/restored/3-*.json"))
    assert not tables.verify(home=home)


def test_an_older_release_can_be_withdrawn(home: Home) -> None:
    """The newest goes on answering."""
    withdraw(home, "2")
    assert home.current("clubs").release == "3"
    with pytest.raises(WithdrawnError):
        numbers(home, SEX, "2")


def test_a_database_whose_releases_are_all_withdrawn_tells_so(home: Home) -> None:
    """It is listed no more; its address shows the last notice, not that there never was such a database."""
    for release in ("1", "2", "3"):
        withdraw(home, release, f"Reason {release}.")
    assert home.databases() == ()
    assert tables.databases(home=home) == ()
    with pytest.raises(WithdrawnError, match=r"Reason 3\."):
        tables.database(home=home, database_id="clubs")
    restore(home, "1")
    assert home.databases() == ("clubs",)


def test_a_number_is_never_given_twice(home: Home, published: Path) -> None:
    """The next release after a withdrawn one has a number, a version and epochs that no release ever had."""
    withdraw(home)
    withdraw(home, "2")
    given = write_records(home.path.parent / "4.csv", months=("202502", "202503"), n=2_000, seed=4)
    report = tables.publish(home=home, definition=published / "clubs.yaml", records=[given])
    assert (report.manifest.release, report.manifest.previous) == ("4", "1")
    versions = [home.facts("clubs", release).version for release in home.all_releases("clubs")]
    assert len({*versions}) == len(versions)
    assert {record.period: record.epoch for record in report.manifest.records} == {
        "202501": 0,
        "202502": 2,
        "202503": 1,
    }
    assert numbers(home, SEX)


def test_a_database_starts_again_after_all_its_releases(home: Home, published: Path) -> None:
    """With every release withdrawn the next one follows none, and shares no number, version or epoch with any."""
    for release in ("1", "2", "3"):
        withdraw(home, release)
    given = write_records(home.path.parent / "4.csv", months=("202501",), n=2_000, seed=1)
    made = tables.publish(home=home, definition=published / "clubs.yaml", records=[given]).manifest
    assert (made.release, made.previous, made.records[0].epoch) == ("4", None, 1)
    versions = [home.facts("clubs", release).version for release in home.all_releases("clubs")]
    assert len({*versions}) == len(versions)


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda home: withdraw(home, "4"), UnknownNameError),
        (lambda home: withdraw(home, "03"), UnknownNameError),
        (lambda home: withdraw(home, "../3"), UnknownNameError),
        (lambda home: withdraw(home, "3", " \n"), QueryError),
        (lambda home: withdraw(home, "3", "x" * 2_001), QueryError),
        (lambda home: restore(home, "3"), QueryError),
        (lambda home: destroy(home, "3"), QueryError),
        (lambda home: destroy(home, "1", ""), QueryError),
        (lambda home: destroy(home, "7"), UnknownNameError),
        (lambda home: standing.withdraw(home=home, database_id="x", release="1", reason="r", at=AT), UnknownNameError),
    ],
)
def test_what_cannot_be_done_changes_nothing(home: Home, act: Callable[[Home], None], error: type[Exception]) -> None:
    """A release that is not there, no reason, the wrong state: told, and the home is as it was to the byte."""
    before = tree(home.path)
    with pytest.raises(error):
        act(home)
    assert tree(home.path) == before


def test_a_damaged_notice_keeps_the_release_withdrawn(home: Home) -> None:
    """Whatever is in the file: it fails closed, and `statlas verify` names it."""
    withdraw(home)
    path = layout.notice_file(layout.database_folder(home.path, "clubs"), "3")
    for text in (b"", b"{}", b"\xff", path.read_bytes()[:-9]):
        path.write_bytes(text)
        assert home.current("clubs").release == "2"
        with pytest.raises(WithdrawnError, match="cannot be read"):
            numbers(home, SEX, "3")
        assert [fault.code for fault in tables.verify(home=home)] == ["changed-file"]


def test_a_moment_has_a_zone(home: Home) -> None:
    """A time of nowhere is a mistake of ours, and nothing is withdrawn."""
    with pytest.raises(ValueError, match="zone"):
        standing.withdraw(home=home, database_id="clubs", release="3", reason="r", at=AT.replace(tzinfo=None))
    assert home.withdrawn("clubs") == {}


# --- destroyed --------------------------------------------------------------------------------------------------------


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> Callable[[Home], None]:
    """Forget every answer that was given: in memory, and on the disk."""

    def forget(home: Home) -> None:
        monkeypatch.setattr(giving, "answers", answers.Answers())
        shutil.rmtree(layout.answers_folder(home.path), ignore_errors=True)
        counting._open_period.cache_clear()

    return forget


def test_destroyed_records_are_gone_and_what_was_printed_answers(home: Home, forgetful: Callable[[Home], None]) -> None:
    """Files and cuboids that only the release listed are gone; ready-made tables, differences and given tables stay."""
    given, ready = numbers(home, SEX, "1"), tables.database(home=home, database_id="clubs").tables[0].query
    shown, mine = numbers(home, ready, "1"), home.manifest("clubs", "1").records
    later = {record.sha256 for record in home.current("clubs").records}
    before = _changed(home, "1", "2")
    assert {record.sha256 for record in mine} <= record_files(home)
    destroy(home)
    forgetful(home)
    assert record_files(home) >= later
    gone = {record.sha256 for record in mine} - later
    assert gone
    assert not gone & record_files(home)
    assert not gone & {path.stem for path in home.path.glob("databases/clubs/cuboids/*")}
    assert numbers(home, ready, "1") == shown
    assert numbers(home, SEX, "1") == given
    assert _changed(home, "1", "2") == before
    with pytest.raises(DestroyedError, match="Kept no longer") as raised:
        numbers(home, replace(AGES, dimensions=(*AGES.dimensions, Dimension("SEX"))), "1")
    assert raised.value.http_status == 410
    assert home.destroyed("clubs")["1"].at == "2026-02-18T11:00:00+00:00"
    assert not tables.verify(home=home)
    assert home.releases("clubs") == ("1", "2", "3")


def _changed(home: Home, then: str, now: str) -> list[object]:
    """Every number that changed beyond noise between two releases, by level."""
    found = differences.difference(home=home, database_id="clubs", then=then, now=now)
    return [differences.level_difference(home=home, found=found, level=level) for level in found.levels]


def test_shared_files_stay_until_nobody_lists_them(home: Home) -> None:
    """A month that later releases share goes with the last of them that is destroyed."""
    shared = next(r.sha256 for r in home.manifest("clubs", "1").records if r.period == "202501")
    destroy(home, "1")
    assert shared in record_files(home)
    withdraw(home, "3")
    withdraw(home, "2")
    destroy(home, "3")
    assert shared in record_files(home)
    destroy(home, "2")
    assert record_files(home) == set()
    assert not tables.verify(home=home)
    assert home.databases() == ()


def test_ready_made_tables_answer_as_pages_ask_for_them(home: Home, forgetful: Callable[[Home], None]) -> None:
    """Pages and programs put the date of a table above it, which its definition need not name."""
    database = tables.database(home=home, database_id="clubs")
    asked = [with_date(database, one.query) for one in database.tables]
    assert any(query != one.query for query, one in zip(asked, database.tables, strict=True)), "one names no date"
    shown = [numbers(home, query, "1") for query in asked]
    forgetful(home)
    destroy(home)
    forgetful(home)
    assert [numbers(home, query, "1") for query in asked] == shown


def test_a_release_whose_records_are_destroyed_never_answers_alone(home: Home) -> None:
    """With everything later withdrawn, a notice is shown rather than a release that cannot count."""
    destroy(home, "1")
    withdraw(home, "3")
    withdraw(home, "2")
    with pytest.raises(WithdrawnError):
        home.current("clubs")


def test_a_withdrawn_release_without_records_is_not_restored(home: Home) -> None:
    """It would have to answer."""
    withdraw(home)
    destroy(home, "3")
    with pytest.raises(QueryError, match="were destroyed"):
        restore(home)


def test_destroying_waits_for_nobody_and_can_be_asked_again(home: Home) -> None:
    """While somebody publishes it is refused; what says that records are destroyed keeps its first reason."""
    with home.publish("clubs"), pytest.raises(HomeError, match="by somebody else"):
        destroy(home)
    destroy(home)
    destroy(home, reason="Another.")
    assert home.destroyed("clubs")["1"].reason == "Kept no longer than needed."


def test_what_was_printed_is_verified(home: Home, forgetful: Callable[[Home], None]) -> None:
    """A table kept of destroyed records that is changed is told, and never shown."""
    ready = tables.database(home=home, database_id="clubs").tables[0].query
    destroy(home)
    for path in home.path.glob("databases/clubs/printed/1/*"):
        path.write_bytes(path.read_bytes()[:-1] + b"\0x")
    forgetful(home)
    assert {fault.code for fault in tables.verify(home=home)} == {"changed-file"}
    with pytest.raises(DestroyedError):
        numbers(home, ready, "1")


def test_the_proof_holds_when_the_records_are_destroyed(home: Home, published: Path) -> None:
    """What was announced of a release can be proved from what was printed of it."""
    given = write_records(home.path.parent / "5.csv", months=("202504",), n=900, seed=5)
    made = drafting.draft(home=home, definition=published / "clubs.yaml", records=[given])
    prepared.prepare(home=home, draft_id=made.draft_id)
    flipping.open_now(home=home, draft_id=made.draft_id, public_from=AT)
    given = write_records(home.path.parent / "6.csv", months=("202505",), n=900, seed=6)
    tables.publish(home=home, definition=published / "clubs.yaml", records=[given])
    destroy(home, "4")
    assert standing.prove(home=home, database_id="clubs", release="4", digest=made.digest).holds
    withdraw(home, "4")
    with pytest.raises(WithdrawnError):
        standing.prove(home=home, database_id="clubs", release="4", digest=made.digest)


# --- kills ------------------------------------------------------------------------------------------------------------

TOUCHED = {"open", "os.rename", "os.mkdir", "os.remove"}
_armed: list[tuple[str, list[int]]] = []


class Killed(BaseException):
    """What nothing but a kill does."""


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _armed and event in TOUCHED and _armed[0][0] in str(arguments[:2]):
        _armed[0][1][0] -= 1
        if _armed[0][1][0] == 0:
            _armed.clear()
            raise Killed


sys.addaudithook(_hook)


def moments(home: Home, act: Callable[[Home], None]) -> Iterator[Home]:
    """A copy of the home for each time that the act touches a file under it, broken off at that time."""
    n = 0
    while True:
        n += 1
        copy = Home(Path(shutil.copytree(home.path.parent, home.path.parent.with_name(f"{act.__name__}-{n}"))) / "home")
        _armed.append((str(copy.path), [n]))
        try:
            act(copy)
        except Killed:
            yield copy
        else:
            _armed.clear()
            return


def test_withdrawing_and_restoring_may_be_killed_anywhere(home: Home) -> None:
    """The release is withdrawn or it is not, the next try ends it, and nothing is left behind."""
    seen = set()
    for copy in moments(home, withdraw):
        seen.add(copy.current("clubs").release)
        if copy.current("clubs").release == "3":
            withdraw(copy)
        assert copy.current("clubs").release == "2"
        assert not {f.code for f in tables.verify(home=copy)} - {"extra-file"}
        restore(copy)
        assert copy.current("clubs").release == "3"
    withdraw(home)
    for copy in moments(home, restore):
        if copy.current("clubs").release == "2":
            restore(copy)
        assert copy.current("clubs").release == "3"
        assert not tables.verify(home=copy)
    assert "3" in seen


def test_destroying_may_be_killed_anywhere(home: Home) -> None:
    """Killed before it is written down nothing is lost; killed after, the rest is removed by whoever comes next."""
    ready = tables.database(home=home, database_id="clubs").tables[0].query
    shown, later = numbers(home, ready, "1"), {record.sha256 for record in home.current("clubs").records}
    mine = {record.sha256 for record in home.manifest("clubs", "1").records}
    n_before = n_after = 0
    for n, copy in enumerate(moments(home, destroy)):
        if copy.is_destroyed("clubs", "1"):
            n_after += 1
        else:
            n_before += 1
            assert mine <= record_files(copy)
        assert numbers(copy, ready, "1") == shown
        if n % 5 == 0 or copy.is_destroyed("clubs", "1"):
            destroy(copy)
            assert not (mine - later) & record_files(copy)
            assert not tables.verify(home=copy)
        shutil.rmtree(copy.path.parent)
    assert n_before
    assert n_after
