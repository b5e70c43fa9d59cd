"""A draft is seen by nobody but the keeper, and opens at its minute as it was sealed, or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from homes import write_definition, write_records
from trees import tree

from statlas.engine.cuboids import choosing
from statlas.errors import DisclosureRefused, HomeError, RecordsError, StaleDraftError, UnknownNameError
from statlas.model.cells import CellFlag
from statlas.model.change import Bump
from statlas.model.cube import Cube
from statlas.model.derived import Percentage, Share
from statlas.model.finding import from_json
from statlas.model.query import Dimension, Query, TimeKind, TimeSelector
from statlas.model.release import Manifest, ReleaseKind
from statlas.service import tables
from statlas.service.keeper import flipping, prepared
from statlas.service.tables import drafting, standing
from statlas.service.tables.differences import difference
from statlas.store import Home, NewRelease, facts_dumps, facts_loads, layout, sealing, vault

MINUTE = datetime(2026, 2, 17, 9, 30, tzinfo=UTC)
QUERY = Query(
    "clubs",
    dimensions=(Dimension("MONTH", time=TimeSelector(TimeKind.ALL)), Dimension("AREA", valueset="TOWN")),
)


class Department:
    """A home with one release of two months, and who drafts the next."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.definition = write_definition(folder)
        self.home = tables.open_home(folder / "home")

    def publish(self, *months: str, seed: int = 1) -> Manifest:
        """A release at once."""
        given = self.records(*months, seed=seed)
        return tables.publish(home=self.home, definition=self.definition, records=[given]).manifest

    def records(self, *months: str, seed: int = 1) -> Path:
        """A file of records."""
        return write_records(self.folder / f"{'-'.join(months)}-{seed}.csv", months=months, n=300, seed=seed)

    def draft(self, *months: str, seed: int = 1, **more: object) -> drafting.DraftReport:
        """A draft of some months."""
        records = [self.records(*months, seed=seed)] if months else []
        return drafting.draft(home=self.home, definition=self.definition, records=records, by="amina", **more)

    def open(self, draft_id: str, *, at: datetime = MINUTE, now: datetime | None = None) -> Manifest:
        """What the keeper does, at its minute unless it is said when."""
        prepared.prepare(home=self.home, draft_id=draft_id)
        return flipping.open_now(home=self.home, draft_id=draft_id, public_from=at, clock=lambda: now or at)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a home of one release, made at once."""
    folder = tmp_path_factory.mktemp("drafts")
    Department(folder).publish("202501", "202502")
    return folder


@pytest.fixture
def department(published: Path, tmp_path: Path) -> Department:
    """A copy of it to work in."""
    return Department(Path(shutil.copytree(published, tmp_path / "department")))


def table(home: Home, release: str | None = None) -> Cube:
    """What readers get."""
    return tables.table(home=home, query=replace(QUERY, release=release), door="test")


# --- sealed -----------------------------------------------------------------------------------------------------------


def test_a_draft_changes_nothing_that_is_public(department: Department) -> None:
    """Databases, releases, tables and every file of the public part of the home are as they were."""
    public = [department.home.path / name for name in ("databases", "home.json")]
    before = [tree(path) for path in public]
    made = department.draft("202503")
    assert [tree(path) for path in public] == before
    assert department.home.releases("clubs") == department.home.all_releases("clubs") == ("1",)
    with pytest.raises(UnknownNameError, match="not a release of clubs"):
        table(department.home, "2")
    assert (made.database, made.release, made.version, made.added) == ("clubs", "2", "1.1.0", ("202503",))
    assert [facts.draft_id for facts in drafting.drafts(home=department.home)] == [made.draft_id]
    assert not tables.verify(home=department.home)


def test_a_draft_of_a_new_database_names_it_to_nobody(tmp_path: Path) -> None:
    """Not even an empty folder lies among the databases, and the home that it makes wants ceremony."""
    department = Department(tmp_path)
    made = department.draft("202501")
    assert department.home.databases() == department.home.all_databases() == ()
    assert not list((tmp_path / "home" / "databases").iterdir())
    assert not department.home.immediate
    department.open(made.draft_id)
    assert department.home.databases() == ("clubs",)


def test_one_release_is_under_way_a_database(department: Department) -> None:
    """A second draft is refused before a record is read."""
    department.draft("202503")
    with pytest.raises(HomeError, match="under way already"):
        drafting.draft(home=department.home, definition=department.definition, records=[Path("nowhere.csv")])


def test_a_draft_that_changes_nothing_is_refused(department: Department) -> None:
    """Nothing is sealed where there is nothing to release; faults of records leave nothing either."""
    before = tree(department.home.path)
    with pytest.raises(RecordsError, match="Nothing has changed"):
        department.draft("202501", "202502")
    bad = department.folder / "bad.csv"
    bad.write_text("member,month,town,sex,age\nx,202503,X9,1,30\n")
    with pytest.raises(RecordsError):
        drafting.draft(home=department.home, definition=department.definition, records=[bad])
    assert tree(department.home.path) == before
    assert drafting.drafts(home=department.home) == ()


def test_a_draft_says_what_readers_will_be_told(department: Department) -> None:
    """Kind, note and version are sealed with it and come out with the release."""
    made = department.draft("202502", seed=2, kind=ReleaseKind.CORRECTION, note="A town was miscoded.")
    assert (made.version, made.revised) == ("1.0.1", ("202502",))
    department.open(made.draft_id)
    facts = department.home.facts("clubs", "2")
    assert (facts.kind, facts.note, facts.version) == (ReleaseKind.CORRECTION, "A town was miscoded.", "1.0.1")
    assert facts.public_from == "2026-02-17T09:30:00+00:00"
    assert (facts.revised, facts.digest) == (("202502",), made.digest)
    assert [change.level for change in facts.changes] == [Bump.PATCH]
    compared = difference(home=department.home, database_id="clubs", then="1", now="2")
    assert compared.changes == facts.changes


# --- prepared ---------------------------------------------------------------------------------------------------------


def test_the_keeper_reads_a_draft_as_it_will_be(department: Department, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of the draft, new and kept months in it, prints what the release then prints; cuboids or not."""
    monkeypatch.setattr(choosing, "FIXED_ROWS", 0)
    made = department.draft("202502", "202503", seed=2)
    before = prepared.preview(home=department.home, draft_id=made.draft_id, query=QUERY)
    assert list(layout.prepared_folder(department.home.path, made.draft_id).glob("cuboids/*"))
    department.open(made.draft_id)
    after = table(department.home)
    assert before.measures[0].values.tolist() == after.measures[0].values.tolist()
    held = {path.stem for path in department.home.path.glob("databases/clubs/cuboids/*")}
    assert held >= {record.sha256 for record in department.home.current("clubs").records if record.period > "202501"}


def test_a_preview_marks_what_the_release_will_mark(department: Department) -> None:
    """Provisional and revised numbers bear their marks, and the version is said, before the minute as after it."""
    text = department.definition.read_text("utf-8")
    monthly = '  frequency: month\n  provisional: ["latest(1)"]\n'
    department.definition.write_text(text.replace("  frequency: month\n", monthly), "utf-8")
    made = department.draft("202502", "202503", seed=2)
    before = prepared.preview(home=department.home, draft_id=made.draft_id, query=QUERY)
    shares = replace(QUERY, derived=(Percentage(Share.TOTAL),))
    derived = prepared.preview(home=department.home, draft_id=made.draft_id, query=shares)
    department.open(made.draft_id)
    after = table(department.home)
    flags = before.measures[0].flags
    assert (flags & CellFlag.PROVISIONAL).any()
    assert (flags & CellFlag.REVISED).any()
    assert flags.tolist() == after.measures[0].flags.tolist()
    assert (before.version, after.version) == (made.version, made.version)
    printed = tables.table(home=department.home, query=shares, door="test").measures
    assert [m.flags.tolist() for m in derived.measures] == [m.flags.tolist() for m in printed]


def test_reports_lie_sealed_with_the_draft(department: Department) -> None:
    """The keeper gives them back to the byte, and as many findings are to be answered as was said."""
    made = department.draft("202503")
    assert len(from_json(made.reports).to_answer) == made.n_findings
    assert prepared.reports(home=department.home, draft_id=made.draft_id) == made.reports
    assert prepared.database(home=department.home, draft_id=made.draft_id).periods == ("202501", "202502", "202503")
    department.open(made.draft_id)
    assert department.home.reports("clubs", "2") == made.reports
    kept = layout.reports_file(layout.database_folder(department.home.path, "clubs"), "2")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert not tables.verify(home=department.home)


def test_a_preview_refuses_what_a_table_refuses(department: Department) -> None:
    """Rules hold before the minute as after it."""
    made = department.draft("202503")
    fields = ("AREA", "SEX", "AGE_BAND")
    everything = Query("clubs", dimensions=(*(Dimension(name) for name in fields),))
    try:
        expected = prepared.preview(home=department.home, draft_id=made.draft_id, query=everything)
    except DisclosureRefused:
        expected = None
    department.open(made.draft_id)
    try:
        found = tables.table(home=department.home, query=everything, door="test")
    except DisclosureRefused:
        found = None
    assert (expected is None) == (found is None)
    assert expected is None or expected.measures[0].values.tolist() == found.measures[0].values.tolist()


# --- opened -----------------------------------------------------------------------------------------------------------


def test_a_release_opens_once_and_says_so_again(department: Department) -> None:
    """All of it comes at one instant; the draft is gone; asked again, the keeper is told the same."""
    made = department.draft("202503")
    manifest = department.open(made.draft_id)
    again = flipping.open_now(home=department.home, draft_id=made.draft_id, public_from=MINUTE)
    assert manifest == again == department.home.current("clubs")
    assert drafting.drafts(home=department.home) == ()
    assert not list(layout.prepared_folder(department.home.path, made.draft_id).parent.iterdir())
    assert not tables.verify(home=department.home)
    assert table(department.home).dimensions[0].items[-1].nodes[0].code == "202503"


def test_nothing_opens_before_its_minute(department: Department) -> None:
    """Not by a second, whoever asks; and a minute without a zone is no minute."""
    made = department.draft("202503")
    for early in (MINUTE - timedelta(seconds=1), MINUTE - timedelta(microseconds=1)):
        with pytest.raises(HomeError, match="minute of this release"):
            department.open(made.draft_id, now=early)
    with pytest.raises(TypeError):
        department.open(made.draft_id, at=MINUTE.replace(tzinfo=None), now=MINUTE)
    assert department.home.all_releases("clubs") == ("1",)


def test_what_opens_late_says_when(department: Department) -> None:
    """Readers are told the planned minute where it was kept, and the truth where it was not."""
    made = department.draft("202503")
    department.open(made.draft_id, now=MINUTE + timedelta(minutes=17))
    assert department.home.facts("clubs", "2").public_from == "2026-02-17T09:47:00+00:00"


def test_a_draft_that_is_not_ready_or_was_discarded_does_not_open(department: Department) -> None:
    """Only what was prepared opens, and nothing once it was discarded, though it still lies prepared."""
    made = department.draft("202503")
    with pytest.raises(HomeError, match="not been made ready"):
        flipping.open_now(home=department.home, draft_id=made.draft_id, public_from=MINUTE)
    prepared.prepare(home=department.home, draft_id=made.draft_id)
    drafting.discard(home=department.home, draft_id=made.draft_id)
    with pytest.raises(HomeError, match="no such draft"):
        flipping.open_now(home=department.home, draft_id=made.draft_id, public_from=MINUTE)
    flipping.tidy(home=department.home)
    assert not layout.prepared_folder(department.home.path, made.draft_id).exists()
    with pytest.raises(HomeError):
        prepared.prepare(home=department.home, draft_id=made.draft_id)
    assert department.home.all_releases("clubs") == ("1",)


OVERTAKEN: dict[str, Callable[[Department], object]] = {
    "another release": lambda d: d.publish("202504"),
    "a withdrawal": lambda d: standing.withdraw(
        home=d.home, database_id="clubs", release="1", reason="Wrong.", at=MINUTE
    ),
}


@pytest.mark.parametrize("what", OVERTAKEN)
@pytest.mark.parametrize("ready", [False, True], ids=["before it is ready", "when it is ready"])
def test_a_draft_that_was_overtaken_does_not_open(department: Department, what: str, *, ready: bool) -> None:
    """What was approved is the change from one release to the next: another release answers, and it is refused."""
    made = department.draft("202503")
    if ready:
        prepared.prepare(home=department.home, draft_id=made.draft_id)
    OVERTAKEN[what](department)
    before = department.home.all_releases("clubs")
    with pytest.raises(StaleDraftError):
        department.open(made.draft_id)
    assert department.home.all_releases("clubs") == before


def test_nobody_who_publishes_keeps_a_release_from_its_minute(department: Department) -> None:
    """A publish holds the database for as long as it takes; the rename waits for none, and the publish is refused."""
    made = department.draft("202503")
    prepared.prepare(home=department.home, draft_id=made.draft_id)
    before = department.home.current("clubs")
    with department.home.publish("other"), department.home.publish("clubs") as publication:
        assert department.open(made.draft_id).release == "2"
        kept = NewRelease({}, before.created, before.policy, before.ptable, before.family, before.software)
        with pytest.raises(StaleDraftError):
            publication.commit(kept)
    assert department.home.releases("clubs") == ("1", "2")
    assert not tables.verify(home=department.home)


def test_a_kill_after_the_rename_is_brought_to_its_end(department: Department, monkeypatch: pytest.MonkeyPatch) -> None:
    """The release is public; asked again, or tidied, cuboids are placed and the draft goes."""
    monkeypatch.setattr(choosing, "FIXED_ROWS", 0)
    made = department.draft("202503")
    with monkeypatch.context() as patched:
        patched.setattr(flipping, "_finish", _killed)
        with pytest.raises(KeyboardInterrupt):
            department.open(made.draft_id)
    assert department.home.releases("clubs") == ("1", "2")
    assert flipping.open_now(home=department.home, draft_id=made.draft_id, public_from=MINUTE).release == "2"
    flipping.tidy(home=department.home)
    assert drafting.drafts(home=department.home) == ()
    sha256 = department.home.current("clubs").records[-1].sha256
    assert (department.home.path / "databases/clubs/cuboids" / f"{sha256}.cuboids").exists()
    assert not tables.verify(home=department.home)


def test_what_a_killed_draft_left_open_is_removed_by_the_keeper(department: Department) -> None:
    """Records that were not sealed yet, or not removed yet, do not wait for the next publish, nor does a new name."""
    staging = department.home.path / "databases" / "clubs" / "staging-killed"
    fresh = department.home.path / "databases" / "secret_database" / "staging-killed"
    for folder in (staging, fresh):
        folder.mkdir(parents=True)
        (folder / "202503.arrow").write_bytes(b"not encrypted")
    with department.home.publish("other") as at_work:
        flipping.tidy(home=department.home)
        assert at_work.staging.is_dir()
    assert not staging.exists()
    assert not fresh.parent.exists()
    assert department.home.releases("clubs") == ("1",)
    assert not tables.verify(home=department.home)


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


# --- hostile ----------------------------------------------------------------------------------------------------------


def _resealed(department: Department, change: Callable[[Path], object]) -> str:
    """A draft that somebody replaced by one of their own making, under the same id and digest."""
    made = department.draft("202503")
    home, folder = department.home.path, department.folder / "forged"
    vault.unseal(home, made.draft_id, folder)
    change(folder)
    [facts] = drafting.drafts(home=department.home)
    drafting.discard(home=department.home, draft_id=made.draft_id)
    sealing.seal(home, facts, folder)
    return made.draft_id


def _edit(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.chmod(0o600)
    path.write_text(text.replace(before, after), encoding="utf-8")


def _other_records(folder: Path) -> None:
    [path] = (folder / "release" / "records").iterdir()
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"x")


FORGERIES: dict[str, Callable[[Path], object]] = {
    "another definition": lambda f: _edit(f / "release/database.json", "Aldwick", "Bldwick"),
    "other records": _other_records,
    "another manifest": lambda f: _edit(f / "release/manifest.json", '"rows": 300', '"rows": 301'),
    "another file": lambda f: _edit(f / "release/definition/clubs.yaml", "Aldwick", "Bldwick"),
    "another salt": lambda f: _edit(f / "release/seal.json", '"private_salt": "', '"private_salt": "00'),
    "what is told": lambda f: _edit(f / "told.json", '"release": "2"', '"release": "3"'),
    "a note that the office does not know": lambda f: _edit(f / "told.json", '"note": ""', '"note": "Buy."'),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_draft_never_becomes_ready(department: Department, forgery: str) -> None:
    """Whoever can write to the home, and knows the public key, cannot make the keeper open what nobody approved."""
    draft_id = _resealed(department, FORGERIES[forgery])
    with pytest.raises(HomeError):
        prepared.prepare(home=department.home, draft_id=draft_id)
    with pytest.raises(HomeError):
        flipping.open_now(home=department.home, draft_id=draft_id, public_from=MINUTE)
    assert department.home.all_releases("clubs") == ("1",)
    assert not list((layout.keeper_folder(department.home.path) / "prepared").iterdir())


def test_a_draft_that_prints_otherwise_never_becomes_ready(department: Department) -> None:
    """With another key of noise the tables are not those that were promised, and nothing opens."""
    made = department.draft("202503")
    (department.home.path / "secrets" / "noise.v1.key").write_text("ab" * 16 + "\n")
    with pytest.raises(HomeError, match="does not print what was promised"):
        prepared.prepare(home=department.home, draft_id=made.draft_id)


def test_a_draft_prepared_under_another_digest_does_not_open(department: Department) -> None:
    """What staff approved lies beside the sealed file; if it is changed afterwards, nothing opens."""
    made = department.draft("202503")
    prepared.prepare(home=department.home, draft_id=made.draft_id)
    told = layout.prepared_folder(department.home.path, made.draft_id) / "told.json"
    facts = facts_loads(told.read_bytes())
    told.write_bytes(facts_dumps(replace(facts, digest="00" * 32)))
    with pytest.raises(HomeError, match="not the one that lies sealed"):
        flipping.open_now(home=department.home, draft_id=made.draft_id, public_from=MINUTE)


def test_another_draft_under_the_same_id_is_not_what_was_approved(department: Department) -> None:
    """Whoever swaps the sealed draft for a whole other one of theirs, after it was approved, opens nothing with it."""
    approved = department.draft("202503")
    drafting.discard(home=department.home, draft_id=approved.draft_id)
    other = department.draft("202503", seed=2)
    folder, home = department.folder / "other", department.home.path
    vault.unseal(home, other.draft_id, folder)
    [sealed] = drafting.drafts(home=department.home)
    facts = replace(sealed, draft_id=approved.draft_id)
    drafting.discard(home=department.home, draft_id=other.draft_id)
    sealing.seal(home, facts, folder)
    prepared.prepare(home=department.home, draft_id=approved.draft_id)
    for _again in range(2):
        with pytest.raises(HomeError, match="not the one that was approved"):
            flipping.open_now(
                home=department.home, draft_id=approved.draft_id, public_from=MINUTE, digest=approved.digest
            )
    assert department.home.all_releases("clubs") == ("1",)


# --- the proof --------------------------------------------------------------------------------------------------------


def test_what_was_announced_is_proved(department: Department) -> None:
    """From the public release alone; another digest, another release, or one changed byte prove nothing."""
    made = department.draft("202503")
    department.open(made.draft_id)

    def prove(digest: str, release: str = "2") -> standing.Proof:
        return standing.prove(home=department.home, database_id="clubs", release=release, digest=digest)

    proof = prove(made.digest)
    assert proof.holds
    assert any("Members by town" in check.what for check in proof.checks)
    assert prove(made.digest.upper()).holds
    assert not prove("00" * 32).holds
    assert not prove("").holds
    assert not prove(made.digest, "1").holds
    path = department.home.path / "databases/clubs/releases/2/seal.json"
    path.write_text(json.dumps({"private_salt": "00" * 32}))
    assert not prove(made.digest).holds


def test_the_statement_tells_no_count(department: Department) -> None:
    """It names the database, the release and digests: nothing from which numbers of people could be learnt."""
    made = department.draft("202503")
    department.open(made.draft_id)
    said = json.loads(department.home.facts("clubs", "2").statement)
    assert said.keys() == {"database", "release", "definition", "tables", "manifest"}
    values = [said["definition"], said["manifest"], *said["tables"].values()]
    assert all(len(value) == 64 and int(value, 16) >= 0 for value in values)
