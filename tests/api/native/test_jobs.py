"""Jobs through the native API: asked for, looked after, fetched whole and in parts, cancelled, forgotten."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.utils import timezone

from statlas import formats
from statlas.office.jobs.models import Job, State
from statlas.service.office import keys, limits
from statlas.service.office.jobs import asking, queue, running, working
from statlas.store.job_files import JobFiles

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]

QUERY = {"database": "clubs", "rows": ["AREA"], "columns": ["SEX"], "periods": "all"}


@pytest.fixture(autouse=True)
def ours(home):
    """Nothing stays from test to test."""
    running.stopping.clear()
    yield
    JobFiles(home.path).sweep(())


@pytest.fixture
def submit(post):
    """``submit(format="csv", ...)``: a job that waits."""

    def submitted(status=202, headers=None, **body):
        return post("/jobs", {"query": QUERY, **body}, status, **(headers or {}))

    return submitted


@pytest.fixture
def done(submit, get):
    """``done("parquet")``: a job whose file is there."""

    def made(form="csv", **body):
        job = submit(format=form, **body)
        running.run(job["id"])
        found = get(f"/jobs/{job['id']}")
        assert found["state"] == "done", found
        return found

    return made


def path(url):
    """The address without the name of the test's server."""
    return url.removeprefix("http://testserver")


def test_a_job_waits_is_made_and_gives_the_file(site, submit, get):
    """202 with its address; then the states one after the other, and a file with a name, a digest and a date."""
    asked = submit()
    assert asked["state"] == "queued"
    assert len(asked["id"]) == 32
    assert (asked["progress"], asked["cells"], asked["cells_done"]) == (0, 30, 0)
    assert asked["seconds_left"] > 0
    assert asked["file"] is None
    running.run(asked["id"])
    job = get(f"/jobs/{asked['id']}")
    assert (job["state"], job["progress"], job["cells_done"]) == ("done", 1, 30)
    assert job["seconds_left"] is None
    answer = site.get(path(job["file"]))
    content = answer.getvalue()
    assert answer.status_code == 200
    assert answer["Content-Length"] == str(len(content)) == str(job["size"])
    assert job["sha256"] == hashlib.sha256(content).hexdigest()
    assert job["file_name"] in answer["Content-Disposition"]
    kept = timezone.datetime.fromisoformat(job["removed"]) - timezone.datetime.fromisoformat(job["finished"])
    assert kept == timedelta(days=7)


def test_the_answer_names_the_job(site):
    """``Location`` is where to ask, ``Retry-After`` when; nobody's cache keeps it."""
    answer = site.post("/api/v1/jobs", json.dumps({"query": QUERY}), content_type="application/json")
    assert answer.status_code == 202
    assert answer["Location"] == answer.json()["url"]
    assert answer["Cache-Control"] == "no-store"
    assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize("form", ["csv", "csv-bom", "parquet", "arrow", "xlsx", "json-stat"])
def test_the_file_is_the_one_that_is_given_at_once(site, home, done, form):
    """The same bytes as of the table asked for at once, where the format has them in one way."""
    job = done(form)
    content = site.get(path(job["file"])).getvalue()
    assert len(content) == job["size"]
    if form in ("csv", "csv-bom", "arrow", "json-stat"):
        suffix = formats.FORMATS[form].suffix
        address = f"/api/v1/tables.{suffix}"
        sync = site.post(address, json.dumps({**QUERY, "release": job["release"]}), content_type="application/json")
        assert content == sync.getvalue()


def test_a_job_answers_from_the_release_it_was_asked_of(submit, get, home, site):
    """A release that comes out while it waits changes nothing."""
    job = submit(query={**QUERY, "release": "1"})
    assert job["release"] == "1"
    running.run(job["id"])
    text = site.get(path(get(f"/jobs/{job['id']}")["file"])).getvalue().decode()
    assert "202502" in text
    assert "202503" not in text


# --- parts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("bytes=0-9", 0, 10), ("bytes=10-", 10, None), ("bytes=-7", -7, None), ("bytes=5-99999999", 5, None)],
)
def test_a_part_is_a_part_of_the_file(site, done, asked, start, stop):
    """206 with what part it is."""
    job = done()
    whole = site.get(path(job["file"])).getvalue()
    answer = site.get(path(job["file"]), headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.getvalue() == whole[start:stop]
    first = len(whole) + start if start < 0 else start
    assert answer["Content-Range"] == f"bytes {first}-{first + len(whole[start:stop]) - 1}/{len(whole)}"
    assert answer["Content-Length"] == str(len(whole[start:stop]))


@pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "lines=1-2", "bytes=9-3", "bytes=-", "bytes=x-y", ""])
def test_what_is_no_single_range_is_answered_whole(site, done, asked):
    """As the standard allows; nothing is guessed."""
    job = done()
    answer = site.get(path(job["file"]), headers={"Range": asked})
    assert answer.status_code == 200
    assert answer["Accept-Ranges"] == "bytes"
    assert len(answer.getvalue()) == job["size"]


def test_a_part_outside_the_file_is_refused(site, done, is_problem):
    """416 with how long the file is."""
    job = done()
    answer = site.get(path(job["file"]), headers={"Range": f"bytes={job['size']}-"})
    is_problem(site, answer, 416, "request")
    assert answer["Content-Range"] == f"bytes */{job['size']}"


def test_the_etag_is_strong_and_guards_a_download(site, done):
    """The same file goes on, another one begins anew; who has it already gets 304."""
    job = done()
    etag = site.get(path(job["file"]))["ETag"]
    assert etag == f'"{job["sha256"]}"'
    part = {"Range": "bytes=3-5"}
    assert site.get(path(job["file"]), headers={**part, "If-Range": etag}).status_code == 206
    assert site.get(path(job["file"]), headers={**part, "If-Range": '"another"'}).status_code == 200
    assert site.get(path(job["file"]), headers={"If-None-Match": etag}).status_code == 304


def test_head_tells_length_and_kind(site, done):
    """And sends nothing."""
    job = done("parquet")
    answer = site.head(path(job["file"]))
    assert answer.status_code == 200
    assert answer["Content-Length"] == str(job["size"])
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["Content-Type"] == "application/vnd.apache.parquet"
    assert answer.content == b""


def test_a_file_is_not_compressed_on_its_way(site, done):
    """A part is one of the bytes on the disk, whoever would take them compressed."""
    answer = site.get(path(done()["file"]), headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer
    assert answer["ETag"].startswith('"')


# --- ends -------------------------------------------------------------------------------------------------------------


def test_a_job_that_waits_can_be_cancelled(site, submit, get, is_problem):
    """It is never made; cancelling twice is no mistake; its file is gone for good."""
    job = submit()
    for _ in range(2):
        answer = site.delete(path(job["url"]))
        assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    running.run(job["id"])
    assert get(f"/jobs/{job['id']}")["state"] == "cancelled"
    is_problem(site, site.get(f"{path(job['url'])}/file"), 410, "request")


def test_cancelling_a_finished_job_removes_its_file(site, home, done):
    """Whoever knows the job may take it back."""
    job = done()
    assert site.delete(path(job["url"])).json()["state"] == "cancelled"
    assert not JobFiles(home.path).path(job["id"]).exists()


def test_a_job_cancelled_while_it_is_made_ends_and_leaves_nothing(home, submit, monkeypatch, get):
    """It finds out with the next piece."""
    monkeypatch.setattr(running, "TELL_S", 0)
    job = submit()
    begun = running.Progress.counted

    def counted(self, cells):
        Job.objects.filter(pk=job["id"]).update(state=State.CANCELLED)
        begun(self, cells)

    monkeypatch.setattr(running.Progress, "counted", counted)
    running.run(job["id"])
    assert get(f"/jobs/{job['id']}")["state"] == "cancelled"
    assert not (JobFiles(home.path).folder / job["id"]).exists()


def test_a_full_disk_fails_the_job_and_leaves_no_half_file(home, submit, get, site, monkeypatch, is_problem):
    """The problem says what to do, on the job itself."""

    def full(_descriptor, _data):
        raise OSError(28, "No space left on device")

    job = submit()
    monkeypatch.setattr("statlas.store.job_files.os.write", full)
    running.run(job["id"])
    monkeypatch.undo()
    from dataclasses import replace  # noqa: PLC0415 - the settings went with the patches

    from django.conf import settings  # noqa: PLC0415 - as that

    settings.STATLAS = replace(settings.STATLAS, home=home.path)
    found = get(f"/jobs/{job['id']}")
    assert found["state"] == "failed"
    assert found["problem"]["code"] == "home"
    assert "full" in found["problem"]["detail"]
    assert found["problem"]["type"] == "http://testserver/errors/home"
    assert not (JobFiles(home.path).folder / job["id"]).exists()
    is_problem(site, site.get(f"{path(job['url'])}/file"), 410, "request")


def test_a_mistake_of_ours_tells_nothing_of_itself(submit, get, monkeypatch, caplog):
    """The log has it once, the job says whom to tell."""

    def broken(*_given, **_named):
        raise ZeroDivisionError("4711 people")

    monkeypatch.setattr(running, "assemble", broken)
    job = submit()
    running.run(job["id"])
    found = get(f"/jobs/{job['id']}")
    assert found["state"] == "failed"
    assert "4711 people" not in json.dumps(found)
    assert len([one for one in caplog.records if one.name == "statlas.jobs"]) == 1


def test_what_a_killed_process_left_is_taken_up_three_times(home, submit, get):
    """Begun again with nothing of the half file, and given up when it kills its process each time."""
    job = submit()
    for _ in range(3):
        assert queue.DBTaskResult.objects.count() == 1
        assert running.queries.begin(job["id"], timezone.now())
        with JobFiles(home.path).work(job["id"]) as folder:
            (folder.parent / "file.new").write_bytes(b"half")
        working.take_up(home=home)
    found = get(f"/jobs/{job['id']}")
    assert found["state"] == "failed"
    assert found["problem"]["code"] == "backend"
    assert queue.DBTaskResult.objects.count() == 0
    assert not (JobFiles(home.path).folder / job["id"]).exists()


def test_a_process_that_is_told_to_end_puts_its_job_back(submit, get, home):
    """That is no attempt."""
    job = submit()
    running.stopping.set()
    running.run(job["id"])
    assert get(f"/jobs/{job['id']}")["state"] == "queued"
    assert Job.objects.get().attempts == 0
    running.stopping.clear()
    running.run(job["id"])
    assert get(f"/jobs/{job['id']}")["state"] == "done"


def test_jobs_and_files_go_when_their_time_is_over(home, done, site, is_problem):
    """Seen no longer from that moment, removed with the next sweep; so is what belongs to no job."""
    old, young = done(), done()
    Job.objects.filter(pk=old["id"]).update(removed=timezone.now() - timedelta(seconds=1))
    stray = JobFiles(home.path).folder / ("0" * 32)
    stray.mkdir()
    is_problem(site, site.get(path(old["url"])), 404, "unknown-name")
    is_problem(site, site.get(path(old["file"])), 404, "unknown-name")
    working.sweep(home=home)
    assert not Job.objects.filter(pk=old["id"]).exists()
    assert {one.name for one in JobFiles(home.path).folder.iterdir()} == {young["id"]}


def test_files_are_for_the_owner_of_the_home_alone(home, done):
    """0600 in folders of 0700; while it lasts nothing but the file is there."""
    job = done()
    file = JobFiles(home.path).path(job["id"])
    assert file.stat().st_mode & 0o777 == 0o600
    assert {folder.stat().st_mode & 0o777 for folder in (file.parent, file.parent.parent)} == {0o700}
    assert [one.name for one in file.parent.iterdir()] == ["file"]


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("job_id", ["0" * 32, "x", "..%2F..", "%00", "A" * 5_000])
def test_a_job_that_is_not_there_is_not_found(site, is_problem, job_id):
    """Whatever its id looks like."""
    for method, address in (("get", ""), ("delete", ""), ("get", "/file")):
        answer = getattr(site, method)(f"/api/v1/jobs/{job_id}{address}")
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"query": {**QUERY, "rows": ["AREAS"]}}, "/query/rows/0"),
        ({"query": QUERY, "format": 7}, "/format"),
        ({"query": QUERY, "email": "me@example.org"}, "/email"),
        ({"query": QUERY, "priority": 1}, "/priority"),
        ({"format": "csv"}, "/query"),
        ({"query": None}, ""),
        ({"query": [QUERY]}, ""),
    ],
)
def test_a_request_that_cannot_be_read_is_refused_with_its_place(post, body, pointer):
    """Nothing is queued."""
    told = post("/jobs", body, 400)
    assert told.get("pointer", "").startswith(pointer)
    assert not Job.objects.exists()


def test_an_unknown_format_is_refused(post):
    """With those that there are."""
    told = post("/jobs", {"query": QUERY, "format": "pdf"}, 400)
    assert "parquet" in told["mend"]


def test_a_table_that_a_rule_refuses_is_refused_at_once(post):
    """Nobody waits for a refusal that can be foreseen."""
    told = post("/jobs", {"query": {"database": "clubs", "rows": ["AREA", "OFFICE"]}}, 422)
    assert told["code"] == "refused"
    assert not Job.objects.exists()


def test_formats_of_one_piece_have_a_bound(post, monkeypatch):
    """The refusal names the formats that have none."""
    monkeypatch.setattr(asking, "MAX_CELLS", 10)
    told = post("/jobs", {"query": QUERY, "format": "xlsx"}, 400)
    assert "parquet" in told["mend"]
    assert post("/jobs", {"query": QUERY, "format": "parquet"}, 202)["cells"] == 30


def test_too_many_derived_numbers_are_refused_at_once(post, monkeypatch):
    """Nobody waits to be told that they are."""
    monkeypatch.setattr("statlas.service.tables.pieces.MOST_DERIVED_CELLS", 10)
    told = post("/jobs", {"query": {**QUERY, "derived": [{"percentage": "row"}]}, "format": "csv"}, 400)
    assert "up to 10 cells" in told["detail"]


def test_a_stat_xplore_query_makes_a_job_too(post):
    """Both kinds of query are read, as everywhere."""
    body = {
        "database": "str:database:clubs",
        "measures": ["str:count:clubs:MEMBERS"],
        "dimensions": [["str:field:clubs:MEMBERS:SEX"]],
    }
    assert post("/jobs", {"query": body}, 202)["database"] == "clubs"


def test_jobs_are_limited_by_the_hour(post, monkeypatch):
    """One more than the limit is 429, and nothing is queued for it."""
    monkeypatch.setattr(limits, "WITHOUT_A_KEY", {**limits.WITHOUT_A_KEY, "jobs": 2})
    for _ in range(2):
        post("/jobs", {"query": QUERY}, 202)
    told = post("/jobs", {"query": QUERY}, 429)
    assert told["kind"] == "jobs"
    assert Job.objects.count() == queue.DBTaskResult.objects.count() == 2


def test_the_queue_has_an_end(post, monkeypatch):
    """Beyond it the site is busy, and says when to come back."""
    monkeypatch.setattr(asking, "MOST_WAITING", 1)
    post("/jobs", {"query": QUERY}, 202)
    assert post("/jobs", {"query": QUERY}, 503)["retry_after"] > 0


def test_a_table_too_large_to_be_answered_names_jobs(post, monkeypatch):
    """The problem says where to send the query."""
    monkeypatch.setattr("statlas.api.native.answering.MOST_CELLS", 5)
    told = post("/tables", QUERY, 413)
    assert "/api/v1/jobs" in told["mend"]


# --- e-mail -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def owner(settings):
    """An account with a confirmed address, and a site that sends e-mail."""
    from dataclasses import replace  # noqa: PLC0415 - for this alone

    from allauth.account.models import EmailAddress  # noqa: PLC0415 - as that

    settings.STATLAS = replace(settings.STATLAS, email_url="smtp://127.0.0.1:25")
    made = get_user_model().objects.create_user("analyst@example.org")
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


def test_an_email_goes_to_the_account_of_the_key(site, owner, done):
    """With the address of the job's page, and nothing of the numbers."""
    key = keys.create(name="program", account_id=owner.pk)
    job = done(email=True, headers={"APIKey": key})
    [letter] = mail.outbox
    assert letter.to == ["analyst@example.org"]
    assert f"http://testserver/jobs/{job['id']}" in letter.body
    assert "7 days" in letter.body


def test_no_email_without_a_confirmed_address(post, owner, key):
    """Nobody can make the site write to somebody else."""
    told = post("/jobs", {"query": QUERY, "email": True}, 400)
    assert "account" in told["detail"]
    post("/jobs", {"query": QUERY, "email": True}, 400, APIKey=key)
    owner.emailaddress_set.update(verified=False)
    post("/jobs", {"query": QUERY, "email": True}, 400, APIKey=keys.create(name="p", account_id=owner.pk))
    assert not Job.objects.exists()


def test_an_email_that_cannot_be_sent_harms_nothing(owner, done, monkeypatch, caplog):
    """The file is there; the log names no address."""

    def refused(*_given):
        raise ConnectionRefusedError

    monkeypatch.setattr("statlas.service.office.jobs.letters.send_mail", refused)
    done(email=True, headers={"APIKey": keys.create(name="p", account_id=owner.pk)})
    assert "example.org" not in caplog.text


def test_the_jobs_of_an_account_go_with_it(home, owner, done):
    """And their files with the next sweep."""
    job = done(headers={"APIKey": keys.create(name="p", account_id=owner.pk)})
    owner.delete()
    working.sweep(home=home)
    assert not Job.objects.exists()
    assert not JobFiles(home.path).path(job["id"]).exists()


def test_nothing_is_kept_of_a_guest(submit):
    """A job tells what was asked, and not by whom."""
    submit()
    found = Job.objects.values().get()
    assert found["account_id"] is None
    assert "127.0.0.1" not in json.dumps(found, default=str)


def test_the_query_of_a_job_is_in_the_log(home, submit):
    """As every query, under the door that it came through."""
    submit()
    lines = [line for file in (home.path / "logs").glob("queries-*") for line in file.read_text().splitlines()]
    assert json.loads(lines[-1])["door"] == "native"
