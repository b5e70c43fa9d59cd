"""Publishing at once: what a process that ends in the middle leaves, and that the log never tells what was not."""

from __future__ import annotations

from pathlib import Path

import pytest
from homes import write_definition, write_records

from statlas.errors import HomeError
from statlas.service import tables
from statlas.service.tables import at_once, auditing, unkept
from statlas.store import Home, layout, locking, opening

BY = "amina (command line)"


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A definition and records."""
    folder = tmp_path_factory.mktemp("clubs")
    write_definition(folder)
    write_records(folder / "records.csv", months=("202501",), n=300)
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home that is not there yet."""
    return tables.open_home(tmp_path / "home")


def publish(home: Home, files: Path) -> str:
    """Publish at once; the number of the release."""
    made = at_once.publish_now(
        home=home, definition=files / "clubs.yaml", records=[files / "records.csv"], by=BY, accepted="Made up."
    )
    return made.manifest.release


def acts(home: Home) -> list[str]:
    """What the log tells of releases."""
    return [line.action.removeprefix("release.") for line in auditing.lines(home=home) if "release" in line.action]


STEPS = ["begin", "check", "approve", "schedule", "open"]


def die_at(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """End the process at a moment, as far as it matters here: what it would still do, it does not do."""

    def die(*_given: object, **_named: object) -> None:
        raise Killed

    monkeypatch.setattr(unkept, "repair", die)
    if moment == "rename":
        monkeypatch.setattr(opening, "open_release", die)
        return
    record = auditing.record

    def dying(**given: object) -> object:
        if given["action"] == moment:
            raise Killed
        return record(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(auditing, "record", dying)


@pytest.mark.parametrize("moment", ["home.immediate", *(f"release.{step}" for step in STEPS), "rename"])
def test_a_process_that_ends_before_the_rename_leaves_nothing_public_and_no_line_that_stands(
    home: Home, files: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Whichever step it was at: the next publish takes the lines back and writes its own."""
    with monkeypatch.context() as patched:
        die_at(patched, moment)
        with pytest.raises(Killed):
            publish(home, files)
    assert home.all_databases() == ()
    left = acts(home)
    reached = moment.removeprefix("release.")
    assert left == (STEPS[: STEPS.index(reached)] if reached in STEPS else STEPS if moment == "rename" else [])
    assert publish(home, files) == "1"
    assert acts(home) == [*left, *(["not-kept"] if left else []), *STEPS]
    assert unkept.repair(home) == ()
    assert not tables.verify(home=home)
    assert not auditing.verify(home=home).faults


def test_what_fails_takes_its_lines_back_at_once(home: Home, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk at the rename is no crash: the process says itself that nothing became public."""

    def full(*_given: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(opening, "open_release", full)
        with pytest.raises(HomeError):
            publish(home, files)
    assert acts(home) == [*STEPS, "not-kept"]
    assert home.all_databases() == ()


def test_a_repair_takes_back_what_nobody_is_at(home: Home, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines of a publish that goes on now are left alone, and so are those of what is public."""
    publish(home, files)
    (files / "more.csv").write_text((files / "records.csv").read_text().replace("202501", "202502"))
    with monkeypatch.context() as patched:
        die_at(patched, "rename")
        with pytest.raises(Killed):
            at_once.publish_now(
                home=home, definition=files / "clubs.yaml", records=[files / "more.csv"], by=BY, accepted="Made up."
            )
    with locking.locked(layout.database_folder(home.path, "clubs"), wait=False):
        assert unkept.repair(home) == ()
    assert unkept.repair(home) == ("clubs release 2",)
    assert unkept.repair(home) == ()
    assert home.all_releases("clubs") == ("1",)
    assert acts(home)[-1] == "not-kept"


def test_a_home_says_what_it_wants_after_the_log_does(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the line cannot be written nothing changes; what is so already is not written again."""
    home.create()
    with monkeypatch.context() as patched:
        die_at(patched, "home.immediate")
        with pytest.raises(Killed):
            at_once.want(home=home, wanted=True, by=BY)
    assert not home.immediate
    assert at_once.want(home=home, wanted=True, by=BY, reason="I am alone.")
    assert not at_once.want(home=home, wanted=True, by=BY)
    assert home.immediate
    assert at_once.want(home=home, wanted=False, by=BY)
    assert not home.immediate
    told = [(line.details["immediate"], line.reason) for line in auditing.lines(home=home)]
    assert told == [("on", "I am alone."), ("off", "")]


def test_there_is_no_home_to_say_it_of(home: Home) -> None:
    """A mistyped folder is told, and not made."""
    with pytest.raises(HomeError):
        home.want_immediate(wanted=True)
    assert not home.path.exists()
