"""The releases of a database on the site: changelog, feed, what changed between two, and pages as of a moment."""

import json

import feedparser
import four_releases
import pytest
from pseudo import untranslated

from statlas import wording
from statlas.model.release import Notice
from statlas.store import notices
from statlas.web import links


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Four releases: a month more, a month corrected, two towns become one."""
    folder = tmp_path_factory.mktemp("versions")
    made = four_releases.first(folder)
    four_releases.second(made, folder)
    four_releases.third(made, folder)
    four_releases.fourth(made, folder, mapping="")
    return made


@pytest.fixture
def get(site):
    """``get(address)``: the response."""
    return site.get


@pytest.fixture(scope="module")
def served(home, web):
    """The address of a site on the production server."""
    started = web.Served(home.path, "--workers", "1").wait()
    yield started.address
    started.stop()


@pytest.fixture
def withdrawn(home):
    """The third release withdrawn, for a while."""
    folder = home.path / "databases" / "help"
    notices.withdraw(folder, Notice("help", "3", "Eastry was counted twice.", "2026-01-01T00:00:00+00:00"))
    yield
    notices.restore(folder, "3", reason="It was not.", at="2026-01-02T00:00:00+00:00")


def bytes_of(page):
    """The body of a response."""
    return b"".join(page.streaming_content) if page.streaming else page.content


def text_of(page):
    """The words of a page."""
    return " ".join(bytes_of(page).decode().split())


def test_the_changelog_tells_every_release_with_its_version(get):
    """The newest first, each with what it changed, and the way to its figures."""
    page = get("/databases/help/releases")
    text = text_of(page)
    places = [text.index(f"Version {version}") for version in ("2.0.0", "1.2.0", "1.1.0", "1.0.0")]
    assert places == sorted(places)
    assert "2 categories of Area taken away: Southey and Weston." in text
    assert "Records of these dates were revised: February 2025." in text
    assert "/databases/help/table?release=1" in text
    assert page.headers["Cache-Control"] == "no-cache"


def test_the_feed_has_an_entry_a_release(get):
    """Whoever follows it learns of each release once, with what it changed."""
    page = get("/databases/help/releases.atom")
    assert page.headers["Content-Type"].startswith("application/atom+xml")
    found = feedparser.parse(page.content)
    assert not found.bozo
    assert [entry.title.split(", ")[2].split(":")[0] for entry in found.entries] == [
        "version 2.0.0",
        "version 1.2.0",
        "version 1.1.0",
        "version 1.0.0",
    ]
    assert len({entry.id for entry in found.entries}) == 4
    assert "February 2025" in found.entries[1].summary


def test_a_withdrawn_release_stands_there_with_its_notice(get, withdrawn):
    """It is told what happened to it; its figures are not offered, and whoever asks for them meets the notice."""
    text = text_of(get("/databases/help/releases"))
    assert "Eastry was counted twice." in text
    assert "/databases/help/table?release=3" not in text
    for address in ("table?rows=AREA&release=3", "changes?from=2&to=3", "changes.csv?from=3&to=4"):
        page = get(f"/databases/help/{address}")
        assert page.status_code == 410
        assert "Eastry was counted twice." in text_of(page)
    feed = feedparser.parse(get("/databases/help/releases.atom").content)
    assert feed.entries[1].title.startswith("Withdrawn: ")
    assert "Eastry was counted twice." in feed.entries[1].summary


def test_of_a_database_whose_every_release_is_withdrawn_the_list_is_left(get, home):
    """Its pages show the notice, and its releases can still be read about."""
    folder = home.path / "databases" / "help"
    for n in "1234":
        notices.withdraw(folder, Notice("help", n, f"Reason {n}.", "2026-01-01T00:00:00+00:00"))
    try:
        for address in ("", "/table?rows=AREA", "/table.csv?rows=AREA", "/changes", "/chart?rows=AREA"):
            page = get(f"/databases/help{address}")
            assert page.status_code == 410, address
            assert "Reason 4." in text_of(page), address
        text = text_of(get("/databases/help/releases"))
        assert all(f"Reason {n}." in text for n in "1234")
        assert "Compare two releases" not in text
        assert feedparser.parse(get("/databases/help/releases.atom").content).entries[3].title.startswith("Withdrawn")
        assert "/databases/help" not in text_of(get("/catalogue"))
    finally:
        for n in "1234":
            notices.restore(folder, n, reason="Test.", at="2026-01-02T00:00:00+00:00")


def test_changes_list_what_moved_beyond_noise(get):
    """Of the numbers of a revised month those of the two towns that changed."""
    text = text_of(get("/databases/help/changes?from=2&to=3&level=AREA@TOWN"))
    for label in ("Northam", "Eastry"):
        assert f'<th scope="row" class="govuk-table__header">{label}</th>' in text
    for label in ("Southey", "Weston"):
        assert f'<th scope="row" class="govuk-table__header">{label}</th>' not in text


def test_without_an_address_the_last_two_are_compared(get):
    """What came with the newest release."""
    text = text_of(get("/databases/help/changes"))
    assert 'value="3" selected' in text
    assert 'value="4" selected' in text


def test_a_release_is_the_same_as_itself(get):
    """It is said that there is nothing to compare, in place of empty tables."""
    text = text_of(get("/databases/help/changes?from=2&to=2"))
    assert "nothing to compare. Choose two that differ." in text
    assert "Compared</th>" not in text


def test_releases_with_the_same_records_say_so(get):
    """Noughts at every level are explained; where a number was compared they are not."""
    sentence = "No number can have changed"
    assert sentence in text_of(get("/databases/help/changes?from=1&to=2"))
    assert sentence not in text_of(get("/databases/help/changes?from=2&to=3"))


def test_files_of_changes_say_the_same_as_the_page(get):
    """CSV and JSON hold every level; applied to the earlier figures they give the later ones."""
    data = json.loads(get("/databases/help/changes.json?from=2&to=3").content)
    [towns] = [level for level in data["levels"] if level["level"] == "AREA@TOWN"]
    assert {cell["label"] for cell in towns["cells"]} == {"Northam", "Eastry"}
    assert (data["from"]["version"], data["to"]["version"]) == ("1.1.0", "1.2.0")
    for cell in towns["cells"]:
        assert abs(cell["change"]) > cell["largest_noise"] > 0
    lines = get("/databases/help/changes.csv?from=2&to=3").content.decode("utf-8-sig").splitlines()
    assert len(lines) - 1 == sum(len(level["cells"]) for level in data["levels"])
    for release, side in (("2", "before"), ("3", "after")):
        table = get(f"/databases/help/table.csv?rows=AREA@TOWN&columns=MONTH&periods=202502&release={release}")
        printed = {
            line.split(",")[0]: line.split(",")[4] for line in bytes_of(table).decode("utf-8-sig").splitlines()[1:]
        }
        counts = [cell for cell in towns["cells"] if cell["measure"] == "HELP"]
        assert {cell["code"]: str(cell[side]) for cell in counts} == {c["code"]: printed[c["code"]] for c in counts}


def test_nothing_is_stale_at_the_minute_of_a_release(get, home):
    """Pages and files of the latest may be kept and are asked for again: what has not changed is not sent."""
    for address in (
        "/databases/help",
        "/databases/help/releases",
        "/databases/help/changes",
        "/databases/help/table?rows=AREA",
        "/databases/help/table.csv?rows=AREA",
        "/databases/help/releases.atom",
    ):
        first = get(address)
        assert first.headers["Cache-Control"] == "no-cache", address
        again = get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304, address
    old = get("/databases/help/table.csv?rows=AREA&release=3")
    assert old.headers["ETag"] != get("/databases/help/table.csv?rows=AREA").headers["ETag"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/databases/nothing/releases", 404),
        ("/databases/nothing/releases.atom", 404),
        ("/databases/nothing/changes", 404),
        ("/databases/help/changes?from=9&to=1", 400),
        ("/databases/help/changes?from=x", 400),
        ("/databases/help/changes?from=1%00&to=2", 400),
        ("/databases/help/changes?form=1", 400),
        ("/databases/help/changes.csv?from=1&to=2&level=AREA@NONE", 400),
        ("/databases/help/changes.pdf?from=1&to=2", 404),
        ("/databases/help/table?rows=AREA&asof=yesterday", 400),
        ("/databases/help/table?rows=AREA&asof=2999-01-01", 400),
        ("/databases/help/table?rows=AREA&asof=1999-01-01", 400),
        ("/databases/help/table?rows=AREA&asof=2026-01-01&release=1", 400),
        ("/databases/help?asof=1999-01-01", 400),
    ],
)
def test_what_is_not_there_is_told(get, address, status):
    """A misspelt address is never another page."""
    assert get(address).status_code == status


def test_a_page_as_of_a_moment_is_the_page_of_its_release(get, home):
    """The table of then, pinned to the release that answered."""
    moment = home.facts("help", "4").public_from
    asked = "rows=AREA@TOWN&columns=MONTH&periods=all"
    pinned = bytes_of(get(f"/databases/help/table.csv?{asked}&release=4"))
    assert bytes_of(get(f"/databases/help/table.csv?{asked}&asof={moment}")) == pinned
    assert "version 2.0.0" in text_of(get(f"/databases/help?asof={moment}"))


def test_the_page_of_a_database_shows_an_old_release(get):
    """With its version, and the way to the newest."""
    text = text_of(get("/databases/help?release=2"))
    assert "This is release 2, version 1.1.0." in text
    assert links.releases("help") in text


@pytest.mark.parametrize("address", ["/databases/help/releases", "/databases/help/changes?from=2&to=3"])
def test_every_word_passes_the_translator(get, address):
    """What is not data is translated."""
    labels = [
        "Help with rent",
        "Area",
        "Town",
        "Region",
        "Sex",
        "Northam",
        "Eastry",
        "Southey",
        "Weston",
        "Weekly rent",
    ]
    labels += [
        "February 2025",
        "Southey and Weston",
        "Claimants",
        "Statlas",
        "CSV",
        "JSON",
        "Sum of Weekly rent",
        "Mean of Weekly rent",
    ]
    with wording.speaking(wording.PSEUDO):
        page = get(address)
    assert untranslated(page.content.decode(), labels) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["/databases/help/releases", "/databases/help/changes?from=2&to=3"])
def test_the_pages_are_accessible_and_narrow(browser, served, axe, address, scheme):
    """Axe finds nothing, and at 320 px nothing scrolls sideways."""
    context = browser.new_context(base_url=served, viewport={"width": 320, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.evaluate(axe)
    assert page.evaluate("axe.run(document)")["violations"] == []
    context.close()
