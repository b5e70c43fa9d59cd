"""Jobs for people, and the process that makes them: killed, stopped, started again; downloads that break off."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from django.contrib.auth import get_user_model
from visiting import sign_in

from statlas.office.jobs.models import Job
from statlas.service import tables
from statlas.service.office.jobs import running
from statlas.store.job_files import JobFiles

ADDRESS = "database=hb_new&rows=MONTH&rows=AREA&columns=TENURE&periods=all&release=1"

# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def people(site, home, db):
    """The site, on which nothing stays from test to test."""
    yield site
    JobFiles(home.path).sweep(())


def _asked(people, **chosen):
    answer = people.post(f"/jobs/new?{ADDRESS}", {"format": "csv", **chosen})
    assert answer.status_code == 303, answer.content.decode()
    return answer["Location"]


def test_a_table_too_large_for_a_page_offers_a_file(people, settings):
    """From the page that refuses it to the page where the kind of file is chosen."""
    settings.STATLAS = replace(settings.STATLAS, page_cells=3)
    page = people.get("/databases/hb_new/table?rows=MONTH&rows=AREA&columns=TENURE&periods=all").content.decode()
    found = re.search(r'href="(/jobs/new\?[^"]+)"', page)
    assert found
    form = people.get(found[1].replace("&amp;", "&")).content.decode()
    assert "Parquet" in form
    assert re.findall(r'value="([-a-z]+)"[^>]*checked', form) == ["csv"]
    assert not re.search(r'class="govuk-hint[^>]*></div>', form)
    assert 'name="csrfmiddlewaretoken"' in form


def test_the_page_follows_a_job_to_its_file(people):
    """States in words, a reload without scripts while it lasts, then the file and until when it is kept."""
    address = _asked(people)
    answer = people.get(address)
    page = answer.content.decode()
    assert "Waiting for its turn" in page
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page
    assert "no-store" in answer["Cache-Control"]
    running.run(Job.objects.get().pk)
    page = people.get(address).content.decode()
    assert "Ready" in page
    assert 'http-equiv="refresh"' not in page
    file = re.search(r'href="(/api/v1/jobs/[0-9a-f]{32}/file)"', page)
    content = people.get(file[1]).getvalue()
    assert hashlib.sha256(content).hexdigest() in page
    link = re.search(r'href="http://testserver(/databases/hb_new/table[^"]*)"', page)
    assert people.get(link[1].replace("&amp;", "&")).status_code == 200


def test_a_job_is_cancelled_with_a_button(people):
    """And says so; no button stays."""
    address = _asked(people)
    answer = people.post(f"{address}/cancel", follow=True)
    page = answer.content.decode()
    assert "Cancelled" in page
    assert "<button" not in page.split("<main")[1]
    assert people.get(f"{address}/cancel").status_code == 405


def test_forms_of_jobs_are_taken_from_our_own_pages_alone(people):
    """Another site cannot make a visitor's browser ask for jobs, or cancel them."""
    address = _asked(people)
    people.handler.enforce_csrf_checks = True
    assert people.post(f"/jobs/new?{ADDRESS}", {"format": "csv"}).status_code == 403
    assert people.post(f"{address}/cancel").status_code == 403


@pytest.mark.parametrize(
    ("chosen", "said"), [({"format": ""}, "No format is chosen"), ({"format": "pdf"}, "is not a format")]
)
def test_a_choice_that_cannot_be_is_told_on_the_form(people, chosen, said):
    """With what to do; nothing is queued."""
    answer = people.post(f"/jobs/new?{ADDRESS}", chosen)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "address", ["/jobs/0", f"/jobs/{'0' * 32}", "/jobs/new", "/jobs/new?database=nothing", "/jobs/%00"]
)
def test_a_job_or_table_that_is_not_there_is_not_found(people, address):
    """The page for what is not there."""
    assert people.get(address).status_code == 404


def test_an_email_is_offered_to_who_is_signed_in(people, settings):
    """A guest has no address that is known to be theirs."""
    settings.STATLAS = replace(settings.STATLAS, email_url="smtp://127.0.0.1:25")
    assert 'name="email"' not in people.get(f"/jobs/new?{ADDRESS}").content.decode()
    account = get_user_model().objects.create_user("analyst@example.org")
    sign_in(people, account)
    assert 'name="email"' in people.get(f"/jobs/new?{ADDRESS}").content.decode()
    _asked(people)
    assert Job.objects.get().account_id == account.pk


# --- a real server and its worker -------------------------------------------------------------------------------------

WIDE = """\
statlas: 1
id: wide
label: Many cells
unit: room
synthetic: true
policy: open
records: {{label: Rooms}}
date: {{id: YEAR, label: Year, column: year, frequency: year}}
fields:
  - {{id: A, label: A, column: a, levels: [{{id: C_A, label: A, codes: {{{a}}}}}]}}
  - {{id: B, label: B, column: b, levels: [{{id: C_B, label: B, codes: {{{b}}}}}]}}
  - {{id: C, label: C, column: c, levels: [{{id: C_C, label: C, codes: {{{c}}}}}]}}
"""
QUERY = {"database": "wide", "rows": ["A"], "columns": ["B", "C"], "periods": "all"}
LARGE = 3 * 100 * 100 * 150
"""Cells of it: some seconds of work."""


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    """A home with a database of few records and many cells."""
    folder = tmp_path_factory.mktemp("wide")
    codes = {
        name: ", ".join(f'"{n}": {name}{n}' for n in range(many)) for name, many in (("a", 100), ("b", 100), ("c", 150))
    }
    (folder / "wide.yaml").write_text(WIDE.format(**codes))
    rows = "".join(f"{2020 + n % 3},{n % 100},{n % 97},{n % 59}\n" for n in range(3_000))
    (folder / "rooms.csv").write_text(f"year,a,b,c\n{rows}")
    made = tables.open_home(folder / "home")
    tables.publish(home=made, definition=folder / "wide.yaml", records=[folder / "rooms.csv"])
    return made


@pytest.fixture
def alone(wide, tmp_path):
    """The same home, of which no other site makes the jobs."""
    shutil.copytree(wide.path, tmp_path / "home", ignore=shutil.ignore_patterns("site.sqlite3*", "cache"))
    return tmp_path / "home"


class Box:
    """Takes every letter."""

    def __init__(self):
        self.letters = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's word for it
        """Take one."""
        self.letters.append(envelope)
        return "250 OK"


@pytest.fixture(scope="module")
def site_of_jobs(wide, web):
    """That home on the production server, which has a mail server; ``letters`` is what it was given."""
    from aiosmtpd.controller import Controller  # noqa: PLC0415 - for these tests alone

    box, port = Box(), web._free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    site = web.Served(wide.path, "--workers", "1", STATLAS_EMAIL_URL=f"smtp://127.0.0.1:{port}").wait()
    site.letters = box.letters
    yield site
    site.stop()
    controller.stop()


def _children(pid):
    """The processes that any thread of a process has started."""
    listed = [file.read_text() for file in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(one) for text in listed for one in text.split()]


def _worker_of(site):
    """The process id of the site's worker, once there is one."""
    for _ in range(300):
        for child in _children(site.process.pid):
            if b"statlas.web.jobs_worker" in Path(f"/proc/{child}/cmdline").read_bytes():
                return child
        time.sleep(0.1)
    raise AssertionError("the site has no worker")


def _until(address, wanted, seconds=90):
    """The job once ``wanted`` is true of it."""
    end, pause = time.monotonic() + seconds, 0.05
    while time.monotonic() < end:
        job = httpx.get(address).json()
        if wanted(job):
            return job
        assert job["state"] not in ("failed", "cancelled"), job
        time.sleep(pause)
        pause = min(1.1 * pause, 1)  # a guest may ask 600 times an hour
    raise AssertionError(job)


def _submit(site, form="parquet", **more):
    answer = httpx.post(f"{site.address}/api/v1/jobs", json={"query": QUERY, "format": form, **more}, timeout=30)
    assert answer.status_code == 202, answer.text
    return answer.headers["Location"]


def _is_done(job):
    return job["state"] == "done"


def _is_begun(job):
    assert job["state"] in ("queued", "running"), "the job is too quick for this test"
    return job["state"] == "running"


def test_a_killed_worker_is_started_again_and_takes_up_its_job(wide, site_of_jobs):
    """Nothing of the half file stays; the file is that of a job that was left alone; the same worker answers on."""
    site = site_of_jobs
    left_alone = _until(_submit(site), _is_done)
    job = _submit(site)
    _until(job, _is_begun)
    killed = _worker_of(site)
    os.kill(killed, signal.SIGKILL)
    found = _until(job, _is_done)
    assert _worker_of(site) != killed
    assert found["cells_done"] == LARGE
    folder = JobFiles(wide.path).folder / found["id"]
    assert [one.name for one in folder.iterdir()] == ["file"]
    contents = [httpx.get(one["file"]).content for one in (left_alone, found)]
    assert [hashlib.sha256(one).hexdigest() for one in contents] == [left_alone["sha256"], found["sha256"]]


def _is_gone(process):
    for _ in range(150):
        if not Path(f"/proc/{process}").exists():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("end", [signal.SIGTERM, pytest.param(signal.SIGKILL, marks=pytest.mark.slow)])
def test_a_site_that_is_stopped_makes_its_jobs_when_it_is_started_again(alone, serve, end):
    """Also one that was killed with its worker still at work, which ends by itself."""
    site = serve(alone, "--workers", "1").wait()
    job = _submit(site)
    _until(job, _is_begun)
    worker = _worker_of(site)
    others = [child for child in _children(site.process.pid) if child != worker]
    os.kill(site.process.pid, end)
    for child in others if end is signal.SIGKILL else ():
        os.kill(child, end)
    site.process.communicate(timeout=30)
    assert _is_gone(worker), "the worker outlives the site"
    again = serve(alone, "--workers", "1").wait()
    assert _until(job.replace(site.address, again.address), _is_done)["progress"] == 1


def test_a_running_job_is_cancelled_and_leaves_nothing(wide, site_of_jobs):
    """Within a piece of work; the next one follows."""
    site = site_of_jobs
    job = _submit(site, "csv")
    _until(job, _is_begun)
    assert httpx.delete(job).json()["state"] == "cancelled"
    folder = JobFiles(wide.path).folder / job.rpartition("/")[2]
    for _ in range(300):
        if not folder.exists():
            break
        time.sleep(0.1)
    assert not folder.exists()
    assert httpx.get(f"{job}/file").status_code == 410
    assert _until(_submit(site), _is_done)


def test_a_download_goes_on_where_it_broke_off(site_of_jobs, tmp_path, require_program):
    """By httpx piece by piece, and by curl from half a file."""
    curl = require_program("curl", how="apt-get install curl")
    site = site_of_jobs
    job = _until(_submit(site, "csv", query={**QUERY, "columns": ["B"]}), _is_done)
    head = httpx.head(job["file"])
    assert (head.headers["Accept-Ranges"], int(head.headers["Content-Length"])) == ("bytes", job["size"])
    step, pieces = job["size"] // 3 + 1, []
    for start in range(0, job["size"], step):
        asked = {"Range": f"bytes={start}-{start + step - 1}", "If-Range": head.headers["ETag"]}
        part = httpx.get(job["file"], headers=asked)
        assert part.status_code == 206
        pieces.append(part.content)
    assert hashlib.sha256(b"".join(pieces)).hexdigest() == job["sha256"]
    half = tmp_path / "half.csv"
    half.write_bytes(pieces[0])
    subprocess.run([curl, "-sS", "--compressed", "-C", "-", "-o", half, job["file"]], check=True, timeout=60)
    assert hashlib.sha256(half.read_bytes()).hexdigest() == job["sha256"]


def test_an_email_is_sent_by_a_real_mail_server(wide, site_of_jobs):
    """From the worker to the address of the account, with the page on which the file is."""
    answer = httpx.post(
        f"{site_of_jobs.address}/api/v1/jobs",
        json={"query": {"database": "wide", "rows": ["A"]}, "email": True},
        headers={"APIKey": _key_of_an_account(wide.path)},
    )
    job = _until(answer.headers["Location"], _is_done)
    for _ in range(100):
        if site_of_jobs.letters:
            break
        time.sleep(0.1)
    [letter] = site_of_jobs.letters
    assert letter.rcpt_tos == ["analyst@example.org"]
    assert f"/jobs/{job['id']}" in letter.content.decode().replace("=\r\n", "")


_MAKES_A_KEY = """
import django
django.setup()
from allauth.account.models import EmailAddress
from statlas.office.accounts.models import Account
from statlas.service.office import keys
account = Account.objects.create_user("analyst@example.org")
EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
print(keys.create(name="program", account_id=account.pk))
"""


def _key_of_an_account(home):
    from sys import executable  # noqa: PLC0415 - for this alone

    environment = {**os.environ, "STATLAS_HOME": str(home), "DJANGO_SETTINGS_MODULE": "statlas.web.settings"}
    made = subprocess.run(
        [executable, "-c", _MAKES_A_KEY], env=environment, check=True, capture_output=True, text=True, timeout=60
    )
    return made.stdout.strip()


# --- in a browser -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 1280])
def test_a_file_is_prepared_in_a_browser(browser, served, root, width):
    """Chosen, sent, followed until it is there: no page scrolls sideways, and axe finds nothing on either."""
    context = browser.new_context(base_url=served, viewport={"width": width, "height": 800}, bypass_csp=True)
    page = context.new_page()
    page.goto(f"/jobs/new?{ADDRESS}")
    _is_sound(page, root)
    page.get_by_label("Parquet").check()
    page.get_by_role("button", name="Prepare the file").click()
    page.wait_for_url("**/jobs/*")
    page.get_by_role("button", name="Download").wait_for(timeout=60_000)
    _is_sound(page, root)
    assert "Ready" in page.title()
    context.close()


def test_a_file_is_prepared_with_scripts_off(browser, served):
    """The page reloads itself until the file is there."""
    context = browser.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/jobs/new?{ADDRESS}")
    page.get_by_role("button", name="Prepare the file").click()
    page.wait_for_url("**/jobs/*")
    page.get_by_role("button", name="Download").wait_for(timeout=60_000)
    context.close()


def _is_sound(page, root):
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.evaluate((root / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8"))
    found = page.evaluate("axe.run(document)")["violations"]
    assert not found, [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
