"""The journey *big tables*: from a page that cannot show a table to its file, with the page closed meanwhile."""

import re
from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model
from visiting import sign_in

from statlas.office.jobs.models import Job, State
from statlas.service.office.jobs import running
from statlas.store.job_files import JobFiles
from statlas.web.views.jobs import time_said

ADDRESS = "database=hb_new&rows=MONTH&rows=AREA&columns=TENURE&periods=all&release=1"
NEW = f"/jobs/new?{ADDRESS}"


@pytest.fixture
def people(site, home, db):
    """The site, on which nothing stays from test to test."""
    yield site
    JobFiles(home.path).sweep(())


def _asked(people):
    answer = people.post(NEW, {"format": "csv"})
    assert answer.status_code == 303
    return answer["Location"]


# --- in a browser -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "with scripts off"])
def test_a_file_is_asked_for_left_and_come_back_to(browser, served, scripts):
    """Its size and time are told before; the page may be closed; its address leads to the file."""
    context = browser.new_context(base_url=served, java_script_enabled=scripts)
    page = context.new_page()
    page.goto(NEW)
    main = page.locator("main")
    assert re.search(r"168 cells\. Once it is begun it takes a few seconds\.", main.inner_text())
    page.check("#format-parquet")
    page.click("text=Prepare the file")
    page.wait_for_url("**/jobs/*")
    address = page.url
    assert page.locator("#job-address").inner_text() == address
    page.close()
    again = context.new_page()
    again.goto(address)
    again.get_by_role("heading", name="Your file is ready").wait_for(timeout=20_000)
    with again.expect_download() as download:
        again.get_by_role("button", name=re.compile("^Download .*parquet")).click()
    assert download.value.path().read_bytes()[:4] == b"PAR1"
    context.close()


def test_a_file_is_asked_for_with_the_keyboard(page):
    """Arrow keys choose the kind, Enter sends; what becomes of it is said once, not every two seconds."""
    page.goto(NEW)
    page.locator("#format-csv").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/jobs/*")
    page.get_by_role("heading", name="Your file is ready").wait_for(timeout=20_000)
    assert page.locator("[role=status]").count() == 1
    assert page.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser, served, axe, scheme):
    """On the form, on a file that is ready, on one that is not there, and in the list of a guest."""
    context = browser.new_context(base_url=served, bypass_csp=True, color_scheme=scheme)
    page = context.new_page()
    page.goto(NEW)
    _refuse(page, axe)
    page.click("text=Prepare the file")
    page.get_by_role("heading", name="Your file is ready").wait_for(timeout=20_000)
    for address in ("", "/jobs", f"/jobs/{'0' * 32}"):
        if address:
            page.goto(address)
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 640})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            _refuse(page, axe)
    context.close()


def _refuse(page, axe):
    page.evaluate(axe)
    found = page.evaluate("axe.run('main')")["violations"]
    assert not found, [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]


# --- its states -------------------------------------------------------------------------------------------------------


def test_progress_is_told_in_cells_and_time(people):
    """While it waits: how long it takes; while it is made: how much is done and left."""
    address = _asked(people)
    assert "Once it is begun it takes" in people.get(address).content.decode()
    Job.objects.update(state=State.RUNNING, progress=0.5)
    page = people.get(address).content.decode()
    assert "84 of 168 cells are done (50%)." in page
    assert '<progress class="statlas-progress" max="100" value="50"' in page
    assert "You may close this page" in page


def test_a_file_that_could_not_be_made_says_why_and_what_to_do(people):
    """The reason, the way to change the table, and the way to ask again."""
    address = _asked(people)
    problem = {"detail": "The disk is full.", "mend": "Ask again later."}
    Job.objects.update(state=State.FAILED, problem=problem)
    page = people.get(address).content.decode()
    assert "Your file could not be made" in page
    assert "The disk is full. Ask again later." in page
    [again] = re.findall(r'href="(/jobs/new\?[^"]+)">ask for the file again', page)
    assert people.get(again.replace("&amp;", "&")).status_code == 200


def test_a_cancelled_file_can_be_asked_for_again(people):
    """And nothing of it is kept."""
    address = _asked(people)
    page = people.post(f"{address}/cancel", follow=True).content.decode()
    assert "nothing of it is kept" in page
    assert "Ask for the file again" in page


def test_a_file_whose_time_is_over_says_so(people):
    """Not found, with how long files are kept and where to go."""
    answer = people.get(f"/jobs/{'0' * 32}")
    assert answer.status_code == 404
    assert "kept for 7 days" in answer.content.decode()


def test_files_of_an_account_are_listed_in_the_account(people):
    """In one place, with their state and file; nobody else's, and a guest is told how to come back to one."""
    assert "Without an account, keep the address" in people.get("/jobs").content.decode()
    account = get_user_model().objects.create_user("analyst@example.org")
    sign_in(people, account)
    assert people.get("/jobs").headers["Location"] == "/account/files"
    address = _asked(people)
    waiting = people.get("/account/files").content.decode()
    assert "Waiting for its turn" in waiting
    assert "Look again" in waiting
    running.run(Job.objects.get().pk)
    assert "your files" in people.get(address).content.decode()
    page = people.get("/jobs", follow=True).content.decode()
    assert f'href="{address}"' in page
    assert "Ready" in page
    assert "Look again" not in page
    assert f'{Job.objects.get().pk}/file"' in page
    other = get_user_model().objects.create_user("other@example.org")
    sign_in(people, other)
    assert "There are none now" in people.get("/jobs", follow=True).content.decode()


def test_a_table_that_rules_refuse_is_told_before_it_is_asked_for(people, settings):
    """The form of a table that cannot be answered says why, with a way back to change it."""
    answer = people.get("/jobs/new?database=hb_new&rows=NOPE")
    assert answer.status_code == 400
    assert "Change the table" in answer.content.decode()
    settings.STATLAS = replace(settings.STATLAS, job_days=3)
    assert "kept for 3 days" in people.get(NEW).content.decode()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (0.01, "a few seconds"),
        (30, "less than a minute"),
        (61, "about 1 minute"),
        (150, "about 2 minutes"),
        (7_300, "about 2 hours"),
    ],
)
def test_time_is_said_as_people_say_it(seconds, said):
    """No more exactly than it is known."""
    assert time_said(seconds) == said
