"""``asOf`` on every door: each answers of a day as of the release of then, and says so where it cannot.

``dated_doors`` lists the doors; one that is made and not listed there, with a question or a reason, fails here.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from urllib.parse import parse_qsl, quote, urlsplit

import dated_doors
import django
import four_releases
import pytest
import typer
from dated_doors import DIFFERENCES, NATIVE, OPEN_DATA, PLACES, WEB, Question
from typer.testing import CliRunner

import statlas
from statlas.cli import app
from statlas.client import OpenDatabase
from statlas.errors import StatlasError
from statlas.model.release import Notice
from statlas.service import tables
from statlas.service.tables import standing
from statlas.store import notices

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402 - models are loaded after the set-up

from statlas.service.office import jobs, keys, saved  # noqa: E402 - likewise
from statlas.service.office.saved import Owner  # noqa: E402 - likewise

DAY, RELEASE, LATEST = "2025-05-01", "2", "4"
DOORS = [(name, one) for doors in (WEB, NATIVE, OPEN_DATA) for name, one in doors.items()]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Four releases, each public since its own day."""
    return four_releases.dated(tmp_path_factory.mktemp("as-of"))


HOMES = """\
statlas: 1
id: homes
label: Homes
unit: home
policy: standard
synthetic: true
records: {table: HOMES, label: Homes, unit_id: home}
date: {id: MONTH, label: Month, valueset: C_MONTH, column: month, frequency: month}
fields:
  - id: PLACE
    label: Place
    kind: geography
    column: place
    levels:
      - {id: LA, label: Local authority, codes: {E08000035: Leeds, E08000036: Wakefield}}
"""


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """A database of real places in two releases, one of March and one of June."""
    folder = tmp_path_factory.mktemp("places")
    home = tables.open_home(folder / "home")
    (folder / "homes.yaml").write_text(HOMES)
    for release, (month, day) in {"1": ("202501", "2025-03-18"), "2": ("202502", "2025-06-01")}.items():
        rows = (f"H{k},E0800003{5 + k % 2},{month}" for k in range(400))
        (folder / "homes.csv").write_text("\n".join(["home,place,month", *rows, ""]))
        tables.publish(home=home, definition=folder / "homes.yaml", records=[folder / "homes.csv"])
        four_releases.public_since(home, "homes", release, day)
    return home


@pytest.fixture
def site(client, home, settings, db):
    """Django's test client, signed in, on the site that serves ``home``."""
    settings.STATLAS = replace(settings.STATLAS, home=home.path)
    client.force_login(get_user_model().objects.create_user(email="reader@example.org"))
    return client


@pytest.fixture
def ask(site):
    """``ask(question, name, value)``: the response of a door, asked of a release or of a day."""
    key = keys.create(name="a program")

    def asked(question: Question, name: str = "", value: str = ""):
        when = f"{name}={value}" if name else ""
        address = question.address.replace("{when}", when).replace("{quoted}", when.replace("=", "%3D"))
        if "{saved}" in address:
            made = site.post(
                "/api/v1/saved",
                json.dumps({"query": dated_doors.QUERY, "name": "Towns"}),
                content_type="application/json",
                headers={"APIKey": key},
            )
            address = address.replace("{saved}", f"str:table:{made.json()['id']}")
        if question.form is not None:
            return site.post(address, {**question.form, **({name: value} if name else {})})
        if question.body is not None:
            body = json.dumps(question.body)
            return site.post(address, body, content_type="application/json", headers={"APIKey": key})
        return site.get(address, headers={"APIKey": key} if "webapi" in address else {})

    return asked


def word_of(question: Question) -> str:
    """How the door spells ``asOf``."""
    return "asOf" if question.address.startswith(("/api", "/webapi")) else "asof"


def text_of(response) -> str:
    """Where an answer leads, or what it says; without what is drawn anew for each."""
    if "Location" in response.headers and response.status_code < 400:
        data = response.headers["Location"]
        data = data if "/api/v1/" not in data else response.content.decode()
    else:
        data = (b"".join(response.streaming_content) if response.streaming else response.content).decode("utf-8-sig")
    for drawn in (
        r'name="csrfmiddlewaretoken" value="[^"]*"',
        r'"(id|created|started|url|page|file|opendata|removed)": ?"[^"]*"',
        r"/(jobs|saved)/[^ \"]*",
    ):
        data = re.sub(drawn, "", data)
    return data


def as_of_release(text: str) -> str:
    """A text with the number of the release where the day stood."""
    for found in (f"asof={DAY}", f"asOf={DAY}"):
        for quoted in ("=", "%3D", "%253D"):
            text = text.replace(found.replace("=", quoted), f"release{quoted}{RELEASE}")
    return text


# --- none is forgotten ------------------------------------------------------------------------------------------------


def test_of_every_address_it_is_said_whether_it_takes_a_day(site):
    """A new one is listed in ``dated_doors``, with a question that is asked below, or with the reason why not."""
    document = site.get("/api/v1/openapi.json").json()
    assert dated_doors.undecided(dated_doors.routes()) == []
    assert dated_doors.undecided(dated_doors.operations(document)) == []


def test_nothing_is_listed_that_is_not_there(site):
    """A list that outlives its doors says nothing of those there are."""
    there = {*dated_doors.routes(), *dated_doors.operations(site.get("/api/v1/openapi.json").json())}
    assert {*WEB, *NATIVE, *OPEN_DATA, *PLACES, *DIFFERENCES, *dated_doors.EXEMPT} - there == set()


COMMANDS = {
    "audit": "The log has a moment in every line.",
    "admin": "Accounts are of now.",
    "boundaries": "Shapes are of no release.",
    "calendar": "It tells when releases are.",
    "cuboids": "It counts beforehand what answers now.",
    "demo": "It makes releases.",
    "home": "It is about the folder.",
    "keeper": "It is about what is not public yet.",
    "key": "Keys are of now.",
    "new": "It begins a definition.",
    "organisation": "People and their roles are of now.",
    "ptable": "It is of no database.",
    "publish": "It makes a release.",
    "release": "Each of its commands names the release that it is about.",
    "schema": "It tells the form of definitions.",
    "serve": "What it serves takes a day.",
    "verify": "It looks at every release.",
}
"""Commands that take no day, and why."""


def test_of_every_command_it_is_said_whether_it_takes_a_day():
    """Those that answer from a release take a day and a number."""
    commands = typer.main.get_command(app).commands
    for name, command in commands.items():
        options = {one for parameter in command.params for one in parameter.opts}
        assert name in COMMANDS or {"--as-of", "--release"} <= options, name
    assert COMMANDS.keys() <= commands.keys()


MEMBERS = {
    "as_of": "It is what takes a day.",
    "at": "It is what takes a release.",
    "changes": "It names both releases, or days.",
    "fields": "Of the release at which the database was opened.",
    "releases": "It tells of every release.",
}
"""Members of a database in Python that take no release, and why."""


def test_of_every_member_in_python_it_is_said_whether_it_takes_a_release():
    """Whatever is opened as of a day stays there."""
    for name, member in vars(OpenDatabase).items():
        if not name.startswith("_") and name not in MEMBERS:
            assert "release" in member.__annotations__, name


# --- each answers as of then ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "question"), DOORS, ids=[name for name, _question in DOORS])
def test_a_day_is_the_release_of_then(ask, name, question):
    """The same as that release by its number, and not what is the latest."""
    then = ask(question, "release", RELEASE)
    assert then.status_code < 400, text_of(then)
    assert as_of_release(text_of(ask(question, word_of(question), DAY))) == text_of(then)
    if not question.is_same_without:
        assert text_of(ask(question)) != text_of(then)


@pytest.mark.parametrize("address", DIFFERENCES.values(), ids=DIFFERENCES)
def test_differences_are_between_two_days(site, address):
    """As between the releases that answered on them."""
    numbers = text_of(site.get(address.format(then="1", now="3")))
    assert text_of(site.get(address.format(then="2025-03-18", now="2025-06-01"))) == numbers
    assert site.get(address.format(then="1999-01-01", now="2025-06-01")).status_code in (400, 404)


def test_a_command_answers_as_of_a_day(home, tmp_path):
    """The table and its plan: as by the number."""
    query = tmp_path / "query.json"
    query.write_text(json.dumps(dated_doors.CSV_BODY))
    for command in ("table", "plan"):
        said = [
            CliRunner().invoke(app, [command, str(query), "--home", str(home.path), *when])
            for when in (["--as-of", DAY], ["--release", RELEASE])
        ]
        assert [one.exit_code for one in said] == [0, 0], said
        assert said[0].output == said[1].output
    latest = CliRunner().invoke(app, ["table", str(query), "--home", str(home.path)])
    then = CliRunner().invoke(app, ["table", str(query), "--home", str(home.path), "--as-of", DAY])
    assert latest.output != then.output


def test_python_answers_as_of_a_day(home):
    """The table, its plan and what differs."""
    opened = statlas.open(home.path)["help"]
    then = opened.as_of(DAY)
    assert then.table(rows="AREA@TOWN").release == opened.at(RELEASE).table(rows="AREA@TOWN").release == RELEASE
    assert then.plan(rows="AREA@TOWN").cells == opened.plan(rows="AREA@TOWN", release=RELEASE).cells == 4
    assert opened.plan(rows="AREA@TOWN").cells == 3
    found, _levels = then.changes("2025-03-18")
    assert (found.then.release, found.now.release) == ("1", RELEASE)


@pytest.mark.parametrize(("name", "question"), PLACES.items(), ids=PLACES)
def test_a_place_is_shown_as_of_a_day(ask, places, settings, name, question):
    """Every database at once, each at its release of then; the tables behind its figures are of that too."""
    settings.STATLAS = replace(settings.STATLAS, home=places.path)
    now, then = (text_of(ask(question, *when)) for when in ((), (word_of(question), DAY)))
    assert "202502" in now or "February 2025" in now, name
    assert "January 2025" in then or "202501" in then, name
    assert "202502" not in then
    assert "February 2025" not in then
    tables_of_it = [html.unescape(one) for one in re.findall(r"/databases/homes/table[^\"\s]*", then)]
    assert tables_of_it
    assert all("release=1" in one for one in tables_of_it), tables_of_it
    for trouble in ("before", "ahead", "nonsense"):
        day, mend = TROUBLES[trouble]
        response = ask(question, word_of(question), day)
        assert response.status_code in (400, 404)
        assert mend in html.unescape(text_of(response)), name


def test_two_places_are_compared_as_of_a_day(ask, places, settings):
    """The links between them keep the day."""
    settings.STATLAS = replace(settings.STATLAS, home=places.path)
    page = html.unescape(text_of(ask(Question("/areas/E08000035?with=E08000036&{when}"), "asof", DAY)))
    assert "January 2025" in page
    assert "February 2025" not in page
    links = re.findall(r'href="(/areas/E[^"]*)"', page)
    assert links
    assert all(f"asof={DAY}" in one for one in links), links


def test_a_release_that_was_withdrawn_is_left_out_of_a_place(ask, places, settings):
    """No day leads to its figures; where there was nothing else, nothing was public."""
    settings.STATLAS = replace(settings.STATLAS, home=places.path)
    folder = places.path / "databases" / "homes"
    notices.withdraw(folder, Notice("homes", "1", "It was wrong.", "2025-06-10T12:00:00+00:00"))
    try:
        for question in PLACES.values():
            response = ask(question, word_of(question), DAY)
            assert response.status_code in (400, 404)
            assert "Nothing was public at 2025-05-01." in text_of(response)
    finally:
        notices.restore(folder, "1", reason="It was not.", at="2025-06-12T00:00:00+00:00")


# --- what is made of a day stays there --------------------------------------------------------------------------------


@pytest.mark.parametrize("pressed", ["restart", "swap", "total;AREA;on"])
def test_a_button_of_the_builder_stays_at_then(site, pressed):
    """With scripts off it leads to the table of then; so does beginning again."""
    response = site.get(f"/databases/help/table?{dated_doors.TABLE}&asof={DAY}&do={quote(pressed)}")
    assert response.status_code == 302
    assert dict(parse_qsl(urlsplit(response.headers["Location"]).query))["release"] == RELEASE


def test_a_file_that_is_ordered_is_of_then(site, home):
    """The job keeps the release whatever comes before it is done."""
    address = f"/jobs/new?database=help&{dated_doors.TABLE}&asof={DAY}"
    made = site.post(address, {"format": "csv"})
    assert made.status_code == 303, text_of(made)
    assert jobs.get(job_id=made.headers["Location"].rpartition("/")[2]).query.release == RELEASE


def test_a_saved_table_is_of_then(site):
    """Saved from a page of a day it is kept at that release, unless its owner wants the newest."""
    address = f"/account/tables/new?database=help&{dated_doors.TABLE}&asof={DAY}"
    assert 'value="release" checked' in " ".join(site.get(address).content.decode().split())
    site.post(address, {"name": "Towns", "follow": "release"})
    owner = Owner(get_user_model().objects.get().pk)
    assert [one.query.release for one in saved.list_all(owner=owner)] == [RELEASE]


def test_the_second_map_is_of_then_too(site):
    """Of an address that names no release; the link for ever holds the release of both."""
    second = quote("/databases/help/table?rows=AREA@REGION")
    page = site.get(f"/databases/help/map?{dated_doors.TABLE}&asof={DAY}&with={second}").content.decode()
    assert page.count("<svg class") >= 2 or page.count('id="map-2"'), "both are drawn"
    assert "March 2025" in page
    assert "Release 4" not in page
    pinned = {one for one in _links(page) if one.startswith("http") and "/databases/help/map?" in one}
    assert pinned
    for one in pinned:
        whole = dict(parse_qsl(urlsplit(one).query))
        assert whole["release"] == RELEASE
        assert dict(parse_qsl(urlsplit(whole["with"]).query))["release"] == RELEASE


def test_a_second_map_of_another_day_says_what_it_is_of(site):
    """An address that names its own release or day keeps it."""
    for when in ("release=1", "asof=2025-03-20"):
        second = quote(f"/databases/help/table?rows=AREA@REGION&{when}")
        page = site.get(f"/databases/help/map?{dated_doors.TABLE}&asof={DAY}&with={second}").content.decode()
        assert "March 2025" in page
        assert "February 2025" in page
    gone = quote("/databases/help/table?rows=AREA@REGION&asof=1999-01-01")
    page = html.unescape(site.get(f"/databases/help/map?{dated_doors.TABLE}&with={gone}").content.decode())
    assert "Nothing of help was public at 1999-01-01." in page


def _links(page: str) -> list[str]:
    """Addresses in links and boxes to copy from."""
    return [html.unescape(one) for one in re.findall(r'(?:href|value)="([^"]+)"', page)]


_DATED = re.compile(r"/databases/help(/(?!releases|changes)[^?#]*)?(\?[^#]*)?(#.*)?")
_NEWEST = ("newest", "latest")
"""Words of links that mean to lead to now."""


def test_no_link_of_a_page_of_then_leads_to_now(ask):
    """Links and forms keep the release; what leads to the newest says so."""
    n_links = n_forms = 0
    for name, question in WEB.items():
        response = ask(question, "asof", DAY)
        if not response.headers["Content-Type"].startswith("text/html") or "Location" in response.headers:
            continue
        page = response.content.decode()
        for link, said in re.findall(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', page, re.DOTALL):
            if _DATED.fullmatch(html.unescape(link)) and not any(word in said for word in _NEWEST):
                n_links += 1
                assert _says_when(link), (name, link, said)
        for form in re.findall(r"<form [^>]*>.*?</form>", page, re.DOTALL):
            action = re.search(r'action="([^"]*)"', form)
            if action and _DATED.fullmatch(html.unescape(action.group(1))):
                n_forms += 1
                assert _says_when(form), (name, form[:500])
    assert (n_links > 80, n_forms > 10) == (True, True), (n_links, n_forms)


def _says_when(text: str) -> bool:
    return f"release={RELEASE}" in text or f'name="release" value="{RELEASE}"' in text or DAY in text


# --- where a day has no answer ----------------------------------------------------------------------------------------

TROUBLES = {
    "before": ("1999-01-01", "The first figures are those of 2025-03-18: ask for that day or a later one."),
    "ahead": ("2999-01-01", "Leave it out for the latest."),
    "nonsense": ("yesterday", "Write a day, 2026-03-01"),
    "withdrawn": ("2025-06-01", "Ask for another release or another day, or leave it out for the latest."),
}


@pytest.fixture
def withdrawn(home):
    """The third release withdrawn, for a while."""
    folder = home.path / "databases" / "help"
    notices.withdraw(folder, Notice("help", "3", "Eastry was counted twice.", "2025-06-10T12:00:00+00:00"))
    yield
    notices.restore(folder, "3", reason="It was not.", at="2025-06-12T00:00:00+00:00")


@pytest.mark.usefixtures("withdrawn")
@pytest.mark.parametrize("trouble", TROUBLES)
def test_every_door_says_how_to_mend_a_day_without_an_answer(ask, site, trouble):
    """Before the first release, ahead, no day at all, or of a release that was withdrawn: of that it gives nothing."""
    day, mend = TROUBLES[trouble]
    for name, question in (*WEB.items(), *NATIVE.items(), *OPEN_DATA.items()):
        if question.is_same_without:
            continue
        response = ask(question, word_of(question), day)
        if "Location" in response.headers:  # the page of the table tells what is wrong with its address
            response = site.get(response.headers["Location"])
        said = " ".join(html.unescape(text_of(response)).split())
        assert response.status_code in ((410,) if trouble == "withdrawn" else (400, 404)), (name, said[:500])
        assert mend in said, (name, said[:3000])
        if trouble == "withdrawn":
            assert "Eastry was counted twice." in said, name


@pytest.mark.usefixtures("withdrawn")
@pytest.mark.parametrize("trouble", TROUBLES)
def test_commands_and_python_say_how_to_mend_it(home, tmp_path, trouble):
    """In the words of the pages, and with the exit code of a mistake."""
    day, mend = TROUBLES[trouble]
    query = tmp_path / "query.json"
    query.write_text(json.dumps(dated_doors.CSV_BODY))
    for command in ("table", "plan"):
        said = CliRunner().invoke(app, [command, str(query), "--home", str(home.path), "--as-of", day])
        assert said.exit_code != 0
        assert mend in f"{said.exception} {' '.join(said.output.split())}", said
    with pytest.raises(StatlasError) as raised:
        statlas.open(home.path)["help"].as_of(day)
    assert mend in str(raised.value)


def test_a_release_and_a_day_together_are_refused(ask):
    """Nobody guesses which was meant."""
    for name, question in (*WEB.items(), *NATIVE.items(), *OPEN_DATA.items()):
        if not question.is_same_without and question.form is None:
            both = f"{RELEASE}&{word_of(question)}={DAY}"
            response = ask(question, "release", both.replace("&", "%26") if "{quoted}" in question.address else both)
            assert response.status_code == 400, name
            assert "Give one of the two." in html.unescape(text_of(response)), name


def test_a_release_without_records_says_so(ask, tmp_path, settings):
    """What was printed of it before still answers; anything else is told to be of a later release."""
    home = four_releases.dated(tmp_path)
    settings.STATLAS = replace(settings.STATLAS, home=home.path)
    standing.destroy(home=home, database_id="help", release=RELEASE, reason="Their time is over.")
    kept = Question("/databases/help/table.csv?rows=AREA@TOWN&columns=MONTH&periods=all&{when}")
    assert ask(kept, "asof", DAY).status_code == 200
    table = "rows=AREA@TOWN&rows=SEX&columns=MONTH&{when}"
    for address in (f"/databases/help/table?{table}", f"/api/v1/tables?database=help&{table}"):
        response = ask(Question(address), word_of(Question(address)), DAY)
        said = html.unescape(text_of(response))
        assert response.status_code == 410, said
        assert "Their time is over." in said
        assert "Tables printed before still answer; ask for any other of a later release." in said
