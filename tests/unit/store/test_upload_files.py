"""What producers send lies in the home for a while: for nobody else's eyes, under names that can do no harm."""

import errno
import os
import stat
import subprocess
import tempfile
import threading
from contextlib import suppress
from io import BytesIO

import pytest

from statlas.errors import HomeError, RequestError
from statlas.store import upload_sealing, vault
from statlas.store.upload_files import ABANDONED_S, UploadFiles
from statlas.store.upload_sealing import SealedFile


@pytest.fixture
def files(tmp_path):
    """The files of uploads of an empty home."""
    return UploadFiles(tmp_path)


def _send(files, upload_id, heap, name, data=b"x"):
    with files.create(upload_id, heap, name) as to:
        to.write(data)


@pytest.mark.parametrize(
    "name",
    [
        *("", ".csv", "../a.csv", "/etc/a.csv", "a/b.csv", "..", "a\x00.csv", "a\n.csv", "-x.csv", "a*.csv", "a?.csv"),
        *("a[1].csv", "a.exe", "a.yaml ", "a" * 200 + ".csv", "a.csv.zip", "'a.csv", "a;b.csv"),
    ],
)
@pytest.mark.parametrize("heap", ["definition", "records"])
def test_a_name_that_could_do_harm_is_refused(files, heap, name):
    """No way out of the folder, nothing that a reader of files takes for a pattern, and only kinds that are read."""
    with pytest.raises(RequestError):
        files.create(files.make(), heap, name)


def test_names_that_people_give_are_taken(files):
    """With blanks, brackets and letters of other languages."""
    upload_id = files.make()
    for name in ("Claims May (2).csv", "ceisiadau-Mai_ŵ.CSV.GZ", "2025-05.parquet", "a+b.arrow"):
        _send(files, upload_id, "records", name)
    assert len([*files.heap(upload_id, "records").iterdir()]) == 4


def test_no_file_takes_the_place_of_another(files):
    """Two of one name are refused, and the first stays as it was."""
    upload_id = files.make()
    _send(files, upload_id, "records", "a.csv", b"first")
    with pytest.raises(RequestError):
        files.create(upload_id, "records", "a.csv")
    assert opened(files, upload_id, "a.csv") == b"first"


def opened(files, upload_id, name):
    """A file as it was sent, for whoever has the keeper's key."""
    home, into = files.folder.parent, BytesIO()
    with (files.heap(upload_id, "records") / name).open("rb") as sealed:
        upload_sealing.unseal(vault.identity(home), upload_id, sealed, into)
    return into.getvalue()


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 3_000_000])
def test_records_are_sealed_and_nothing_of_them_is_lost(files, size):
    """Whatever their size, in pieces of any; a definition lies as it was sent."""
    upload_id, data = files.make(), bytes(range(256)) * (size // 256 + 1)
    with files.create(upload_id, "records", "a.csv") as to:
        for start in range(0, size, 70_001):
            to.write(data[start : min(start + 70_001, size)])
    _send(files, upload_id, "definition", "a.yaml", b"statlas: 1")
    assert opened(files, upload_id, "a.csv") == data[:size]
    assert data[:40] not in (files.heap(upload_id, "records") / "a.csv").read_bytes()
    assert files.definition(upload_id).read_bytes() == b"statlas: 1"


class _Full(BytesIO):
    def write(self, data):
        if self.tell() > 100_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


@pytest.mark.parametrize("pieces", [3, 400])
def test_a_full_disk_is_told_to_whoever_writes(tmp_path, pieces):
    """While it is written or, of what was in the pipe, when it is closed; and no thread is left behind."""
    before = threading.active_count()
    to = SealedFile(_Full(), upload_sealing.recipient(tmp_path), "ab" * 16)
    with pytest.raises(OSError, match="No space"):  # noqa: PT012 - at which of them is not known
        for _ in range(pieces):
            to.write(bytes(65_536))
        to.close()
    with suppress(OSError):
        to.close()
    assert threading.active_count() == before


def test_a_file_that_ends_early_is_not_taken_for_whole(files, tmp_path):
    """Nor one of another upload, nor one in the clear."""
    upload_id, other = files.make(), files.make()
    _send(files, upload_id, "records", "a.csv", b"first" * 10_000)
    sealed = (files.heap(upload_id, "records") / "a.csv").read_bytes()
    key = vault.identity(files.folder.parent)
    for text, whose in ((sealed[:-1], upload_id), (sealed, other), (b"first", upload_id), (b"", upload_id)):
        into = BytesIO()
        with pytest.raises(HomeError):
            upload_sealing.unseal(key, whose, BytesIO(text), into)
        assert whose == upload_id or not into.getvalue()


def test_names_lead_to_files_that_are_open_here_alone(files):
    """As long as they are; another process finds its own file of that number there, or none."""
    upload_id = files.make()
    with tempfile.TemporaryFile() as file:
        file.write(b"a,b\n")
        file.flush()
        [path] = files.link(upload_id, {"May (late).csv": file.fileno()})
        assert path.name == "May (late).csv"
        assert path.read_bytes() == b"a,b\n"
        other = subprocess.run(["/bin/cat", path], capture_output=True, check=False)
        assert b"a,b" not in other.stdout
    assert not path.exists()
    assert files.link(upload_id, {}) == []


def test_a_link_that_lies_there_is_not_followed(files, tmp_path):
    """Whatever put it there."""
    upload_id = files.make()
    (files.heap(upload_id, "records") / "a.csv").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RequestError):
        files.create(upload_id, "records", "a.csv")
    assert not (tmp_path / "elsewhere").exists()


def test_only_their_owner_can_read_them(files):
    """Folders 0700 and files 0600, whatever the umask."""
    before = os.umask(0)
    try:
        upload_id = files.make()
        _send(files, upload_id, "records", "a.csv")
    finally:
        os.umask(before)
    folder = files.heap(upload_id, "records")
    kept = (folder.parent.parent, folder.parent, folder, folder / "a.csv")
    modes = [stat.S_IMODE(one.stat().st_mode) for one in kept]
    assert modes == [0o700, 0o700, 0o700, 0o600]


def test_there_is_one_definition_or_none(files):
    """Of two, nobody could say which is meant."""
    upload_id = files.make()
    assert files.definition(upload_id) is None
    _send(files, upload_id, "definition", "region.csv")
    assert files.definition(upload_id) is None
    _send(files, upload_id, "definition", "a.yaml")
    assert files.definition(upload_id).name == "a.yaml"
    _send(files, upload_id, "definition", "b.yml")
    assert files.definition(upload_id) is None


def test_what_belongs_to_nothing_is_swept_once_it_cannot_be_on_its_way(files):
    """A form that is still being received keeps its files; one that broke off long ago does not."""
    kept, coming, abandoned = files.make(), files.make(), files.make()
    old = files.heap(abandoned, "records").parent
    for each in (old, files.heap(kept, "records").parent):
        os.utime(each, (0, 0))
    (files.folder / "something else").mkdir()
    files.sweep([kept])
    assert sorted(one.name for one in files.folder.iterdir()) == sorted([kept, coming, "something else"])
    assert ABANDONED_S > 3600
