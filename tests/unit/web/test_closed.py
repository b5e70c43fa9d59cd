"""The wall between pages and ``HOME/keeper``, each time in a process of its own: it cannot be undone."""

import subprocess
import sys

import pytest

CLOSE = """
import os, pathlib, sqlite3, shutil, sys, io
from statlas.web import closed
home = pathlib.Path(sys.argv[1])
os.chdir(home)
before = os.open(home, os.O_RDONLY)
closed.close(home / "keeper")
def reach():
    {how}
try:
    reach()
except closed.ClosedError:
    print("closed")
else:
    print("open")
"""

REFUSED = {
    "open": "open(home / 'keeper' / 'key').read()",
    "io.open": "io.open(str(home / 'keeper' / 'key'))",
    "os.open": "os.open(home / 'keeper' / 'key', os.O_RDONLY)",
    "bytes": "os.open(os.fsencode(home / 'keeper' / 'key'), os.O_RDONLY)",
    "the folder": "os.open(home / 'keeper', os.O_RDONLY)",
    "relative": "open('keeper/key')",
    "relative to a folder": "os.open('keeper/key', os.O_RDONLY, dir_fd=before)",
    "by dots": "open(home / 'secrets' / '..' / 'keeper' / 'key')",
    "by a link to the folder": "open(home / 'link' / 'key')",
    "by a link to the file": "open(home / 'secrets' / 'linked')",
    "list": "os.listdir(home / 'keeper')",
    "scan": "list(os.scandir(home / 'keeper'))",
    "copy": "shutil.copyfile(home / 'keeper' / 'key', home / 'copy')",
    "rename": "os.rename(home / 'keeper' / 'key', home / 'moved')",
    "rename the folder": "os.rename(home / 'keeper', home / 'moved')",
    "hard link": "os.link(home / 'keeper' / 'key', home / 'moved')",
    "soft link": "os.symlink(home / 'keeper' / 'key', home / 'moved')",
    "go there": "os.chdir(home / 'keeper')",
    "sqlite": "sqlite3.connect(home / 'keeper' / 'key')",
    "sqlite by address": "sqlite3.connect(f'file:{{home}}/keeper/key?mode=ro', uri=True)",
    "write": "(home / 'keeper' / 'new').write_text('x')",
    "remove": "os.remove(home / 'keeper' / 'key')",
    "let others in": "os.chmod(home / 'keeper', 0o777)",
    "a page's own home": "open(f'/proc/self/cwd/keeper/key')",
}
ALLOWED = {
    "a file beside": "open(home / 'keeper.pub').read()",
    "a folder beside": "os.listdir(home / 'secrets')",
    "a database": "sqlite3.connect(':memory:')",
    "what is not there": "os.path.exists(home / 'nothing')",
    "what is open already": "os.fstat(before)",
}


@pytest.fixture
def home(tmp_path):
    """A home with a keeper's folder, and links to it."""
    (tmp_path / "keeper").mkdir()
    (tmp_path / "keeper" / "key").write_text("secret")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "keeper.pub").write_text("public")
    (tmp_path / "link").symlink_to(tmp_path / "keeper")
    (tmp_path / "secrets" / "linked").symlink_to(tmp_path / "keeper" / "key")
    return tmp_path


def reach(home, how):
    """What comes of reaching for something in a process that is closed."""
    command = [sys.executable, "-c", CLOSE.format(how=how), str(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr


@pytest.mark.parametrize("how", REFUSED.values(), ids=REFUSED)
def test_a_page_opens_nothing_of_the_keepers(home, how):
    """However it spells the way there."""
    assert reach(home, how) == "closed"
    assert (home / "keeper" / "key").read_text() == "secret"


@pytest.mark.parametrize("how", ["list((home / 'keeper').rglob('*'))", "list(os.walk(home / 'keeper'))"])
def test_what_looks_about_quietly_finds_nothing(home, how):
    """A walk takes what is closed to it for empty."""
    assert reach(home, f"assert not {how}") == "open"


@pytest.mark.parametrize("how", ALLOWED.values(), ids=ALLOWED)
def test_everything_else_stays_open(home, how):
    """What lies beside the keeper's folder is a page's own business."""
    assert reach(home, how) == "open"


# --- records that are not sealed yet ----------------------------------------------------------------------------------

UNSEALED = CLOSE.replace('closed.close(home / "keeper")', "closed.close_unsealed(home)").replace(
    "before = os.open(home, os.O_RDONLY)",
    "upload = home / 'uploads' / ('ab' * 16)\ndatabase = home / 'databases' / 'pens'",
)
KEPT_FROM_PAGES = {
    "a draft in the making": "open(database / 'staging-x1' / 'records.arrow').read()",
    "its list": "os.listdir(database / 'staging-x1')",
    "relative": "open('databases/pens/staging-x1/records.arrow').read()",
    "by dots": "open(database / 'releases' / '..' / 'staging-x1' / 'records.arrow').read()",
    "by a link": "open(home / 'link' / 'records.arrow').read()",
    "taken away": "os.rename(database / 'staging-x1', home / 'mine')",
    "sent records": "open(upload / 'records' / 'pens.csv').read()",
    "sent records, to read and write": "open(upload / 'records' / 'pens.csv', 'r+').read()",
    "sent records by number": "os.open(upload / 'records' / 'pens.csv', os.O_RDONLY)",
    "copied": "shutil.copyfile(upload / 'records' / 'pens.csv', home / 'mine')",
    "an upload under another name": "os.rename(upload, home / 'mine')",
    "all uploads under another name": "os.rename(home / 'uploads', home / 'mine')",
    "linked": "os.link(upload / 'records' / 'pens.csv', home / 'mine')",
}
PAGES_OWN = {
    "a release": "open(database / 'releases' / '1' / 'manifest.json').read()",
    "releases": "os.listdir(database / 'releases')",
    "a definition that was sent": "open(upload / 'definition' / 'pens.yaml').read()",
    "writing records": "os.open(upload / 'records' / 'new.csv', os.O_WRONLY | os.O_CREAT | os.O_EXCL)",
    "removing an upload": "shutil.rmtree(upload); assert not upload.exists()",
}


@pytest.fixture
def unsealed(tmp_path):
    """A home in which a draft is being made, and an upload waits."""
    upload, database = tmp_path / "uploads" / ("ab" * 16), tmp_path / "databases" / "pens"
    for path in (
        upload / "definition" / "pens.yaml",
        upload / "records" / "pens.csv",
        database / "staging-x1" / "records.arrow",
        database / "releases" / "1" / "manifest.json",
    ):
        path.parent.mkdir(parents=True)
        path.write_text("x")
    (tmp_path / "link").symlink_to(database / "staging-x1")
    return tmp_path


def reach_unsealed(home, how):
    """What comes of reaching for something in a process that answers pages."""
    command = [sys.executable, "-c", UNSEALED.format(how=how), str(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr


@pytest.mark.parametrize("how", KEPT_FROM_PAGES.values(), ids=KEPT_FROM_PAGES)
def test_a_page_reads_no_records_that_are_not_sealed(unsealed, how):
    """Neither those of a draft in the making nor those that it has written itself."""
    assert reach_unsealed(unsealed, how) == "closed"


@pytest.mark.parametrize("how", PAGES_OWN.values(), ids=PAGES_OWN)
def test_a_page_takes_uploads_in_and_reads_releases(unsealed, how):
    """What it needs for its work stays open."""
    assert reach_unsealed(unsealed, how) == "open"
