"""What is sealed can be read with the keeper's key alone, and tells nothing by its size; nothing forged gets out."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest
from trees import tree

from statlas.errors import HomeError
from statlas.model.release import DraftFacts
from statlas.store import Home, bundles, checked_json, draft_files, layout, sealing, vault, verify
from statlas.store.bundles import Bundling, Unbundling, members

SECRET = b"Quetzalcoatl lives in N1"


@pytest.fixture
def made(home: Home) -> Home:
    """A home without a database."""
    return home.create()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Something to be sealed."""
    folder = tmp_path / "draft"
    (folder / "release" / "records").mkdir(parents=True)
    (folder / "release" / "records" / "a.arrow").write_bytes(SECRET * 1000)
    (folder / "release" / "empty").write_bytes(b"")
    (folder / "told.json").write_bytes(SECRET)
    return folder


def facts(draft_id: str = "d1", database: str = "clubs") -> DraftFacts:
    """What staff see of a draft."""
    return DraftFacts(draft_id, database, "1", "2026-11-23T09:30:00+00:00", "amina", "ab" * 32)


def seal(home: Home, folder: Path, draft_id: str = "d1", database: str = "clubs") -> Path:
    """Seal it; the encrypted file."""
    sealing.seal(home.path, facts(draft_id, database), folder)
    return layout.draft_folder(home.path, draft_id) / draft_files.SEALED


def test_what_is_sealed_comes_back_whole(made: Home, folder: Path, tmp_path: Path) -> None:
    """Every file, the empty one too, and nothing else."""
    seal(made, folder)
    vault.unseal(made.path, "d1", tmp_path / "out")
    there = {name: digest for name, (_, digest) in tree(tmp_path / "out").items() if digest}
    given = {name: digest for name, (_, digest) in tree(folder).items() if digest}
    assert {name.split("/", 1)[1]: digest for name, digest in there.items()} == {
        name.split("/", 1)[1]: digest for name, digest in given.items()
    }


def test_nothing_outside_the_encryption_tells_of_the_contents(made: Home, folder: Path) -> None:
    """Beside the encrypted file lie the facts for staff alone, and no name, digest or word of what is inside."""
    seal(made, folder)
    digests = [member.sha256.encode() for member in members(folder)]
    for path in made.path.rglob("*"):
        if path.is_file() and layout.keeper_folder(made.path) not in path.parents:
            data = path.read_bytes()
            assert not any(word in data for word in (SECRET, b"a.arrow", b"told.json", *digests)), path
    body = checked_json.loads((layout.draft_folder(made.path, "d1") / draft_files.FACTS).read_bytes(), "facts")
    assert set(body) == {*DraftFacts.__dataclass_fields__, "size", "sha256"}
    assert layout.sealed_folder(made.path).stat().st_mode & 0o077 == 0
    assert layout.keeper_folder(made.path).stat().st_mode & 0o077 == 0
    assert layout.keeper_key(made.path).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("n_bytes", [0, 1, 100_000, 900_000])
def test_sizes_tell_nothing_of_small_drafts(tmp_path: Path, n_bytes: int) -> None:
    """Up to a million bytes every bundle is as long as any other."""
    (tmp_path / "x").write_bytes(b"x" * n_bytes)
    assert Bundling(members(tmp_path), {}).size == 1 << 20


def test_sizes_of_large_drafts_are_powers_of_two(tmp_path: Path) -> None:
    """Of more, no more than the first binary digit shows; and what is read is as long as was said."""
    (tmp_path / "x").write_bytes(b"x" * 2_500_000)
    bundle = Bundling(members(tmp_path), {})
    assert bundle.size == 1 << 22
    assert sum(len(part) for part in iter(lambda: bundle.read(65_536), b"")) == bundle.size


def test_one_draft_a_database(made: Home, folder: Path) -> None:
    """A second one is refused and leaves no trace; another database has its own."""
    seal(made, folder)
    before = tree(made.path)
    with pytest.raises(HomeError, match="under way already"):
        seal(made, folder, "d2")
    assert tree(made.path) == before
    seal(made, folder, "d2", "other")
    assert [draft.draft_id for draft in draft_files.drafts(made.path)] == ["d1", "d2"]


def test_what_a_kill_left_is_removed_by_the_next(made: Home, folder: Path) -> None:
    """A draft that was being written, or removed, is no draft; one that is being written now stays."""
    seal(made, folder)
    sealed = layout.sealed_folder(made.path)
    for name in (".new-x", ".gone-y"):
        (sealed / name).mkdir()
        (sealed / name / "draft.age").write_bytes(b"half")
    assert [draft.draft_id for draft in draft_files.drafts(made.path)] == ["d1"]
    assert {fault.code for fault in verify(made.path)} == {"extra-file"}
    with draft_files.writing(made.path, facts("d3", "third")) as path:
        path.write_bytes(b"x")
        draft_files.clean(made.path)
        assert path.exists()
        assert not (sealed / ".new-x").exists()
    assert not verify(made.path)


def test_a_discarded_draft_is_gone(made: Home, folder: Path) -> None:
    """At once and for good; asked again there is nothing to do; and no id leads elsewhere."""
    seal(made, folder)
    draft_files.discard(made.path, "d1")
    draft_files.discard(made.path, "d1")
    assert draft_files.drafts(made.path) == ()
    assert not list(layout.sealed_folder(made.path).iterdir())
    for name in ("../databases", ".", "a/b", ""):
        with pytest.raises(HomeError, match="cannot be the id"):
            draft_files.discard(made.path, name)
        with pytest.raises(HomeError, match="cannot be the id"):
            draft_files.draft(made.path, name)


# --- hostile ----------------------------------------------------------------------------------------------------------


def forged(home: Home, files: list[list[object]], data: bytes, about: dict[str, str] | None = None) -> None:
    """A draft that somebody made who knows the public key and the form, and says what they like."""
    text = json.dumps({"about": about or {"draft_id": "d1"}, "files": files}).encode()
    stream = b"statlas draft 1\n" + len(text).to_bytes(8, "big") + text + data
    folder = layout.sealed_folder(home.path) / "d1"
    folder.mkdir(parents=True)
    with (folder / "draft.age").open("wb") as file:
        pyrage.encrypt_io(io.BytesIO(stream), file, [sealing.recipient(home.path)])


EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    "name", ["../out2", "/tmp/forged", "a/../../x", "..", "", ".", "a\0b", "a/./../../b"], ids=repr
)
def test_a_forged_name_leads_nowhere(made: Home, tmp_path: Path, name: str) -> None:
    """Whoever can write into the home cannot make the keeper write outside the folder it gives."""
    forged(made, [[name, 0, EMPTY]], b"")
    (tmp_path / "deep").mkdir()
    before = set(tmp_path.rglob("*"))
    with pytest.raises((HomeError, OSError)):
        vault.unseal(made.path, "d1", tmp_path / "deep" / "out")
    made_since = {path for path in set(tmp_path.rglob("*")) - before if path.is_file()}
    assert not made_since


@pytest.mark.parametrize(
    ("files", "data"),
    [
        ([["x", 3, EMPTY]], b"abc"),  # another digest
        ([["x", 9, EMPTY]], b"abc"),  # cut short
        ([["x", 0, EMPTY]], b"abc"),  # more than is listed
        ([["x", 0, EMPTY], ["x", 0, EMPTY]], b""),  # one name twice
        ([["x", -1, EMPTY]], b""),
        ("abc", b""),
        ([["x"]], b""),
    ],
)
def test_a_forged_bundle_is_refused(made: Home, tmp_path: Path, files: list[list[object]], data: bytes) -> None:
    """Nothing that is not as it is listed is believed."""
    forged(made, files, data)
    with pytest.raises(HomeError):
        vault.unseal(made.path, "d1", tmp_path / "out")


def test_a_draft_under_the_name_of_another_is_refused(made: Home, folder: Path, tmp_path: Path) -> None:
    """Sealed files cannot be exchanged for one another."""
    seal(made, folder)
    seal(made, folder, "d2", "other")
    one, two = (layout.draft_folder(made.path, name) / "draft.age" for name in ("d1", "d2"))
    one.write_bytes(two.read_bytes())
    with pytest.raises(HomeError, match="another's name"):
        vault.unseal(made.path, "d1", tmp_path / "out")
    assert [fault.code for fault in verify(made.path)] == ["changed-file"]


@pytest.mark.parametrize("harm", [lambda d: d[:-1], lambda d: d[:70_000], lambda d: b"", lambda d: d[:-9] + b"x" * 9])
def test_a_damaged_draft_is_refused(made: Home, folder: Path, tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    """Cut or changed anywhere, nothing of it counts; and `statlas verify` says so without the key."""
    path = seal(made, folder)
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(HomeError):
        vault.unseal(made.path, "d1", tmp_path / "out")
    assert [fault.code for fault in verify(made.path)] == ["changed-file"]


def test_another_key_opens_nothing(made: Home, folder: Path, tmp_path: Path) -> None:
    """A public key that is not the keeper's is noticed, as drafts would be sealed for somebody else."""
    seal(made, folder)
    other = pyrage.x25519.Identity.generate()
    before = layout.recipient_file(made.path).read_text()
    layout.recipient_file(made.path).write_text(str(other.to_public()))
    with pytest.raises(HomeError, match="somebody else"):
        vault.found(made.path)
    layout.keeper_key(made.path).write_text(str(other))
    with pytest.raises(HomeError, match="cannot be read"):
        vault.unseal(made.path, "d1", tmp_path / "out")
    layout.recipient_file(made.path).write_text(before[:-5])
    with pytest.raises(HomeError, match="damaged"):
        seal(made, folder, "d2", "other")


def test_a_key_that_others_may_read_is_refused(made: Home) -> None:
    """Its mode is looked at each time; a folder that is open is closed; a link is no folder."""
    vault.found(made.path)
    key = layout.keeper_key(made.path)
    key.chmod(0o640)
    with pytest.raises(HomeError, match="chmod 600"):
        vault.found(made.path)
    key.chmod(0o600)
    key.parent.chmod(0o755)
    vault.found(made.path)
    assert key.parent.stat().st_mode & 0o077 == 0
    key.parent.rename(made.path / "elsewhere")
    key.parent.symlink_to(made.path / "elsewhere")
    with pytest.raises(HomeError, match="missing"):
        vault.found(made.path)


def test_keys_are_made_once(made: Home) -> None:
    """Killed after the private key and before the public one, the next makes a pair that belongs together."""
    vault.found(made.path)
    public = layout.recipient_file(made.path)
    before = public.read_text()
    vault.found(made.path)
    assert public.read_text() == before
    public.unlink()
    vault.found(made.path)
    vault.identity(made.path)


def test_no_message_quotes_a_key(made: Home) -> None:
    """A damaged key is named, not shown."""
    vault.found(made.path)
    key = layout.keeper_key(made.path)
    text = key.read_text()
    key.write_text(text.replace("AGE-SECRET-KEY-1", "AGE-SECRET-KEY-2"))
    with pytest.raises(HomeError) as raised:
        vault.identity(made.path)
    assert text[20:40] not in f"{raised.value} {raised.value.__cause__}"


def test_a_list_that_never_ends_is_refused(tmp_path: Path) -> None:
    """A bundle whose list would take all memory is refused by its length."""
    writer = Unbundling(tmp_path)
    with pytest.raises(HomeError):
        writer.write(b"statlas draft 1\n" + (bundles._LONGEST_LIST + 1).to_bytes(8, "big"))
