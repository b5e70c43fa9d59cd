"""What producers send lies in the home for a while: for nobody else's eyes, under names that can do no harm."""

import os
import stat

import pytest

from statlas.errors import RequestError
from statlas.store.upload_files import ABANDONED_S, UploadFiles


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
    assert (files.heap(upload_id, "records") / "a.csv").read_bytes() == b"first"


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
