"""The keeper beside a real site: it is there, it is watched over, and pages cannot reach what is its own."""

import json
import os
import pwd
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from release_day import CODE, MONTH, PERIOD, PLACE

from statlas.store import layout

SECONDS = 5.0
"""In which an alarm sounds."""


def health(site):
    """Status and body of ``/healthz``."""
    try:
        with urllib.request.urlopen(f"{site.address}/healthz", timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def until(found, what, within_s=30.0):
    """Wait until ``found`` gives something true; what it gave."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if got := found():
            return got
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come within {within_s:.0f} s")


def process_of(site, module):
    """The process that runs a module, started by the site; None while there is none."""
    for child in _children(site.process.pid):
        if module in _command(child):
            return child
    return None


def keeper_of(site):
    """The process of the keeper, once it has spoken."""
    beat = layout.heartbeat_file(site.home)
    return until(
        lambda: (
            beat.exists()
            and (keeper := process_of(site, "keeper_worker"))
            and json.loads(beat.read_text())["process"] == keeper
            and keeper
        ),
        "a sign of the keeper's life",
    )


def _children(pid):
    """What any thread of a process has started."""
    found = [path.read_text("utf-8") for path in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(child) for text in found for child in text.split()]


def _command(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8")
    except OSError:
        return ""


def _users(pid):
    """Real, effective and saved user of a process, and the one for touching files."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return {int(user) for user in status.partition("\nUid:")[2].partition("\n")[0].split()}


@pytest.fixture
def site(serve, tmp_path):
    """A site with a new home."""
    served = serve(tmp_path / "home", "--workers", "1").wait()
    served.home = tmp_path / "home"
    return served


def alarms(site):
    """What was sounded so far."""
    path = layout.alarms_file(site.home)
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def sounded(site, kind):
    """Whether an alarm of that kind was sounded, and ``healthz`` shows it."""
    status, body = health(site)
    return any(one.get("alarm") == kind for one in alarms(site)) and status == 503 and body["error"] == kind


def test_an_alarm_sounds_within_five_seconds_and_is_over_by_itself(site):
    """When the keeper dies and when it hangs; a site that is stopped says goodbye, and leaves no alarm behind."""
    for how in (signal.SIGKILL, signal.SIGSTOP):
        keeper = keeper_of(site)
        until(lambda: health(site)[0] == 200, "a site that is well")
        n_alarms = len(alarms(site))
        os.kill(keeper, how)
        until(lambda n=n_alarms: len(alarms(site)) > n and sounded(site, "keeper-gone"), f"an alarm ({how})", SECONDS)
        with suppress(ProcessLookupError):
            os.kill(keeper, signal.SIGKILL)
        until(lambda k=keeper: keeper_of(site) != k, "a new keeper")
        until(lambda: health(site)[0] == 200, "the end of the alarm")
        assert alarms(site)[-1]["over"] == "keeper-gone"
    said = site.stop()
    assert said.count("ALARM: The keeper of releases is gone.") == 2
    assert not layout.watch_file(site.home).exists()


def test_all_processes_end_with_the_site_however_that_ends(site):
    """Killed, it leaves no keeper behind that nobody watches over, and no pages that answer without a keeper."""
    keeper_of(site)
    left = _children(site.process.pid)
    assert len(left) >= 3, "a keeper, jobs, pages"
    os.kill(site.process.pid, signal.SIGKILL)
    until(lambda: not any(_command(one) for one in left), "the end of the keeper, of jobs and of pages", 15.0)
    os.killpg(site.process.pid, signal.SIGKILL)
    site.process.communicate(timeout=20)


def test_two_sites_of_one_home_have_one_keeper(site, serve):
    """The other waits for its turn, and neither sounds an alarm."""
    keeper_of(site)
    other = serve(site.home, "--workers", "1").wait()
    time.sleep(3)
    assert health(site)[0] == health(other)[0] == 200
    first = process_of(site, "keeper_worker")
    assert json.loads(layout.heartbeat_file(site.home).read_text())["process"] == first
    site.stop()
    other.home = site.home
    until(lambda: health(other)[0] == 200 and keeper_of(other), "the other's keeper")


# --- the minute on the real clock -------------------------------------------------------------------------------------


@pytest.fixture
def scheduled(tmp_path):
    """A home whose release is scheduled, and its id in the office."""
    return make_scheduled(tmp_path)


def make_scheduled(folder, minutes=2):
    """A release is made, checked, approved and scheduled as people do it, in a process with the home's own database."""
    folder = folder / "day"
    folder.mkdir()
    code = (
        "import os, sys; from pathlib import Path; from datetime import datetime, UTC, timedelta\n"
        "from dataclasses import replace\n"
        "from statlas.web.configuration import Settings; from statlas.web.server import prepare\n"
        "from statlas.service import tables\n"
        "folder = Path(sys.argv[1]); tables.open_home(folder / 'home').create()\n"
        "prepare(replace(Settings.from_environment(), home=folder / 'home'))\n"
        "import release_day\n"
        "from statlas.office.releases.models import ReleaseRow\n"
        "now = datetime.now(UTC)\n"
        "day = release_day.drafted(folder, now)\n"
        "minute = (now + timedelta(minutes=int(sys.argv[2]))).replace(second=0, microsecond=0)\n"
        "release_day.schedule(day, minute, now)\n"
        "print(day.release_id)\n"
    )
    support = Path(__file__).parents[1] / "support"
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder), str(minutes)], env={**os.environ, "PYTHONPATH": str(support)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "home", done.stdout.strip()


def set_minute(home, release_id, moment):
    """Give a release that is scheduled another moment, in the office's table: a whole minute is long to wait for."""
    with closing(sqlite3.connect(home / "site.sqlite3", timeout=20)) as database, database:
        text = moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
        done = database.execute("UPDATE releases_releaserow SET scheduled_for = ? WHERE id = ?", (text, release_id))
        assert done.rowcount == 1


@pytest.mark.parametrize(
    ("dies", "within_s"),
    [(False, 5), pytest.param(True, 40, marks=pytest.mark.slow)],
    ids=["as-planned", "keeper-dies"],
)
def test_a_release_opens_at_its_minute_by_the_real_clock(serve, scheduled, dies, within_s):
    """Asked without pause from before to after, by every process: never early, at once at the minute, and everywhere.

    Where the keeper is killed a second before, another one opens it as soon as it is there.
    """
    home, release_id = scheduled
    site = serve(home, "--workers", "2").wait()
    site.home = home
    keeper = keeper_of(site)
    prepared = layout.keeper_folder(home) / "prepared"
    until(lambda: [one for one in prepared.glob("*") if not one.name.startswith(".")], "a release made ready", 60.0)
    moment = datetime.now(UTC) + timedelta(seconds=6)
    set_minute(home, release_id, moment)
    probes = (
        "/api/v1/databases/pens",
        "/databases/pens",
        "/databases/pens/codes.csv",
        f"/search?q={PLACE}",
        "/healthz",
    )
    seen = []
    while datetime.now(UTC) < moment + timedelta(seconds=within_s + 1) and not all(
        new for *_, new in seen[-20:] or [[0]]
    ):
        if dies and datetime.now(UTC) > moment - timedelta(seconds=1):
            os.kill(keeper, signal.SIGKILL)
            dies = False
        for address in probes:
            asked = datetime.now(UTC)
            body = _body(site, address)
            is_new = _is_new(address, body)
            seen.append((address, asked, datetime.now(UTC), is_new))
    early = [(address, moment - answered) for address, _asked, answered, is_new in seen if is_new and answered < moment]
    assert early == []
    first = min((answered for _address, _asked, answered, is_new in seen if is_new), default=None)
    assert first is not None, "it did not open"
    assert first - moment < timedelta(seconds=within_s)
    after = [(address, asked - first) for address, asked, _answered, is_new in seen if asked > first and not is_new]
    assert after == [], "an old copy was given after the new"
    assert {address for address, *_, is_new in seen if is_new} == set(probes)
    assert "Traceback" not in site.stop()


def _is_new(address, body):
    """Whether an answer shows the second release."""
    if address.startswith("/search"):
        return "Nothing was found" not in body
    return any(word in body for word in (CODE, PERIOD, MONTH, '"pens": "2"'))


def _body(site, address):
    try:
        with urllib.request.urlopen(f"{site.address}{address}", timeout=10) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.read().decode()


# --- root serves another user's home ----------------------------------------------------------------------------------

NOBODY = 65534
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="root serves another user's home | run the tests as root")


@pytest.fixture(scope="module")
def readable_python(root):
    """A Python that another user can run, and the environment with which it finds the packages."""
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    environment = {"PYTHONPATH": os.pathsep.join([str(root / "src"), packages])}
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for found in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        tried = [found, "-c", "import django, numpy"]
        with suppress(OSError):
            done = subprocess.run(tried, env=environment, user=NOBODY, group=NOBODY, capture_output=True, check=False)
            if done.returncode == 0:
                return found, environment
    pytest.skip(f"no {version} that nobody can run | install one where all users may read")
    return None


@pytest.fixture(scope="module")
def owned():
    """A folder of nobody's, which nobody can reach."""
    folder = Path(tempfile.mkdtemp(prefix="statlas-owned-", dir="/tmp"))
    folder.chmod(0o755)
    os.chown(folder, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def apart(owned, readable_python, tmp_path_factory):
    """A site that root serves, of a home with a scheduled release that is nobody's."""
    python, environment = readable_python
    home, port = owned / "home", _free()
    made, release_id = make_scheduled(tmp_path_factory.mktemp("apart"), minutes=45)
    shutil.copytree(made, home)
    for path in (home, *home.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    options = ["serve", "--home", str(home), "--port", str(port), "--workers", "1"]
    command = [python, "-c", "from statlas.cli import app; app()", *options]
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True, cwd="/",
    )  # fmt: skip
    served = _Apart(process, port, home)
    served.release_id = release_id
    try:
        yield served.wait()
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=20)


class _Apart:
    """As ``Served`` of the fixtures, for another Python."""

    def __init__(self, process, port, home):
        self.process, self.port, self.home = process, port, home
        self.address = f"http://127.0.0.1:{port}"

    def wait(self):
        def answers():
            assert self.process.poll() is None, self.process.stdout.read()
            try:
                return health(self)[0] == 200
            except OSError:
                return False

        until(answers, "the site", 60.0)
        return self


@needs_root
def test_pages_run_as_the_owner_and_the_keeper_as_root(apart):
    """Workers and jobs can never be root again; what they and the site make is the owner's."""
    keeper = keeper_of(apart)
    assert _users(keeper) == {0, NOBODY}, "it is root, and touches files as the owner"
    jobs = process_of(apart, "jobs_worker")
    workers = [child for child in _children(apart.process.pid) if child not in (keeper, jobs)]
    assert workers
    for process in (jobs, *workers):
        assert _users(process) == {NOBODY}, _command(process)
        assert "CapPrm:\t0000000000000000" in Path(f"/proc/{process}/status").read_text("utf-8")
    assert "Pensions" in _body(apart, "/databases/pens")
    mine = [path for path in apart.home.rglob("*") if path.lstat().st_uid == 0]
    assert {path.relative_to(apart.home).parts[0] for path in mine} == {"keeper", "keeper.pub"}


@needs_root
def test_the_system_keeps_pages_from_the_keepers_folder(apart):
    """Whoever a page is cannot list it, nor open what lies in it, whatever a hook of ours says."""
    keeper_of(apart)
    folder = layout.keeper_folder(apart.home)
    assert folder.stat().st_uid == 0
    assert folder.stat().st_mode & 0o777 == 0o700
    assert list(folder.iterdir())
    key = str(folder / "clock.json")
    for reach in (
        f"os.open({key!r}, 0)",
        f"open({key!r})",
        f"os.listdir({str(folder)!r})",
        f"os.rename({key!r}, '/tmp/x')",
    ):
        assert _as_nobody(reach) == "PermissionError", reach


def _as_nobody(reach):
    """What a line raises where nobody runs it, in a child of ours: it may not be able to start a program."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        try:
            exec(reach)
        except BaseException as error:  # noqa: BLE001 - told to the parent
            os.write(writer, type(error).__name__.encode())
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as told:
        return told.read()


@needs_root
def test_what_the_owner_writes_opens_nothing_early_and_what_root_opens_is_the_owners(apart):
    """The office's table is the owner's, and so are the names in the home; the release is root's until root lets go."""
    keeper_of(apart)
    folder = layout.keeper_folder(apart.home)
    until(lambda: [*(folder / "prepared").glob("[!.]*")], "a release made ready", 90.0)
    until(lambda: [*(folder / "scheduled").iterdir()], "a minute that the keeper has seen")
    set_minute(apart.home, apart.release_id, datetime.now(UTC) + timedelta(seconds=1))
    until(lambda: sounded(apart, "held-back"), "an alarm", SECONDS + 1)
    taken = folder.with_name("taken")
    assert _as_nobody(f"os.rename({str(folder)!r}, {str(taken)!r})") == ""
    until(lambda: any(one.get("alarm") == "key" for one in alarms(apart)), "an alarm", SECONDS)
    assert PERIOD not in _body(apart, "/api/v1/databases/pens")
    assert not list(apart.home.glob("databases/*/releases/2"))
    taken.rename(folder)
    statlas = Path(sys.executable).with_name("statlas")
    subprocess.run([statlas, "keeper", "allow", apart.release_id, "--home", apart.home], check=True, timeout=60)
    until(lambda: PERIOD in _body(apart, "/api/v1/databases/pens"), "the release", 30.0)
    assert CODE in _body(apart, "/databases/pens/codes.csv")
    made = apart.home / "databases" / "pens"
    assert {path.lstat().st_uid for path in (made, *made.rglob("*"))} == {NOBODY}
    assert {path.stat().st_uid for path in layout.logs_folder(apart.home).iterdir()} == {NOBODY}


@needs_root
def test_a_home_that_its_owner_cannot_reach_is_refused(tmp_path):
    """In a sentence, before anything is served."""
    folder = tmp_path / "closed"
    home = folder / "home"
    home.mkdir(parents=True)
    folder.chmod(0o700)
    os.chown(home, NOBODY, NOBODY)
    statlas = Path(sys.executable).with_name("statlas")
    command = [statlas, "serve", "--home", home, "--port", str(_free())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 5
    name = pwd.getpwuid(NOBODY).pw_name
    assert f"{name}, to whom {home} belongs, may not read" in done.stderr
    assert "Traceback" not in done.stderr


def _free():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]
