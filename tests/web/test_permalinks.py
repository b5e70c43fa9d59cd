"""Permanent links: the same numbers for ever, whatever becomes of releases, records, definitions and files."""

import re
import zlib
from dataclasses import replace
from hashlib import sha256

import pytest
import three_releases
from django.test import Client

from statlas import formats
from statlas.definitions.address import query_of, with_date
from statlas.errors import BackendError
from statlas.office.permalinks.models import Permalink
from statlas.service import tables
from statlas.service.office import limits, permalinks

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]


@pytest.fixture
def pens(tmp_path, settings):
    """The home of one small database, in its first release, and the site that serves it."""
    made = three_releases.first(tmp_path)
    settings.STATLAS = replace(settings.STATLAS, home=made.path)
    return made


def send(client, address=three_releases.TABLE, **more):
    """Have a table kept, as the form of its page does."""
    data = {}
    for part in address.split("&"):
        name, _, value = part.partition("=")
        data.setdefault(name, []).append(value)
    return client.post("/databases/pens/table/permalink", {**data, **more})


def kept(client, address=three_releases.TABLE):
    """The address of a table's permanent link."""
    answer = send(client, address)
    assert answer.status_code == 303, answer.content.decode()
    return answer.url


def files(client, link):
    """The digest of every kind of file of a link that there is."""
    suffixes = [form.suffix for form in formats.FORMATS.values()]
    answers = {suffix: client.get(f"{link}.{suffix}") for suffix in suffixes}
    return {suffix: sha256(a.content).hexdigest() for suffix, a in answers.items() if a.status_code == 200}


def body(page):
    """The numbers of a page with their headings, without what links them."""
    return re.sub(r"<[^>]+>|\s+", " ", re.search(r"<tbody.*</tbody>", page.content.decode(), re.DOTALL)[0])


# --- for ever ---------------------------------------------------------------------------------------------------------


def test_old_links_give_the_same_bytes_over_three_releases(client, pens, tmp_path):
    """Links of each release, asked after every later one, and after releases and records are gone: hashes equal."""
    addresses = (three_releases.TABLE, three_releases.TABLE_BY_SEX, f"{three_releases.TABLE}&derived=percentage;row")
    links = {kept(client, address): None for address in addresses}
    before = {link: (files(client, link), body(client.get(link))) for link in links}
    assert all(len(found) >= 8 for found, _ in before.values())
    three_releases.second(pens, tmp_path)
    newer = kept(client)
    assert newer not in before
    before[newer] = files(client, newer), body(client.get(newer))
    assert before[newer] != before[next(iter(links))], "the second release has other numbers"
    three_releases.third(pens, tmp_path)
    for release in ("1", "2"):
        three_releases.forget_release(pens, release)
    tables.giving.answers.clear()
    for link, (digests, numbers) in before.items():
        assert files(client, link) == digests
        assert body(client.get(link)) == numbers


def test_the_same_table_has_the_same_link(client, pens):
    """Asked again, by anybody, and with its release named: one link, kept once."""
    link = kept(client)
    assert kept(Client(REMOTE_ADDR="127.0.0.9")) == link
    assert kept(client, f"{three_releases.TABLE}&release=1") == link
    assert Permalink.objects.count() == 1
    assert re.fullmatch("/tables/[a-z2-7]{16}", link)


def test_a_link_shows_the_numbers_of_the_table(client, pens):
    """As the page of the table shows them, and as its file has them."""
    link = kept(client)
    assert body(client.get(link)) == body(client.get(f"/databases/pens/table?{three_releases.TABLE}"))
    lines = client.get(f"{link}.csv").content.decode().splitlines()
    own = b"".join(client.get(f"/databases/pens/table.csv?{three_releases.TABLE}").streaming_content).decode()
    assert [line for line in lines if "/tables/" not in line] == [
        line for line in own.splitlines() if "/databases/" not in line
    ]


def test_two_tables_of_one_short_id_have_two_links(client, pens, monkeypatch):
    """Whoever finds two tables whose digests begin alike gets the whole digest for the second."""
    link = kept(client)
    row = Permalink.objects.get()
    Permalink.objects.filter(pk=row.pk).update(query={**row.query, "database": "another"})
    longer = kept(client)
    assert longer != link
    assert longer.startswith(link)
    assert body(client.get(longer))


# --- newer figures ----------------------------------------------------------------------------------------------------


def test_a_banner_leads_to_newer_figures(client, pens, tmp_path):
    """None while the release is the newest; then the newer one, its day, and the same table of it."""
    link = kept(client)
    assert "newer figures" not in client.get(link).content.decode()
    three_releases.second(pens, tmp_path)
    page = client.get(link).content.decode()
    assert "There are newer figures" in page
    assert "Release 2 was published on" in page
    address = re.search(r'notification-banner__link" href="([^"]+)"', page)[1].replace("&amp;", "&")
    newest = client.get(address).content.decode()
    assert "Release 2" in newest
    assert "March 2025" in newest, "latest in the question is the latest of now"


def test_the_banner_says_what_no_longer_fits(client, pens, tmp_path):
    """A field and a category that are gone are named as they were called."""
    by_sex, of_west = kept(client, three_releases.TABLE_BY_SEX), kept(client, "rows=AREA&items.AREA=W;N")
    three_releases.second(pens, tmp_path)
    three_releases.third(pens, tmp_path)
    assert "Sex is no longer a field of this database." in client.get(by_sex).content.decode()
    page = client.get(of_west).content.decode()
    assert "1 category of Area is no longer there: West." in page
    assert "<tbody" in page


def test_a_database_that_is_gone_leaves_its_links(client, pens):
    """The page says so; the numbers stand."""
    import shutil  # noqa: PLC0415

    link = kept(client)
    numbers = body(client.get(link))
    shutil.rmtree(pens.path / "databases" / "pens")
    page = client.get(link)
    assert body(page) == numbers
    assert "no longer published" in page.content.decode()
    assert client.get(f"{link}.csv").status_code == 200


# --- damage -----------------------------------------------------------------------------------------------------------


def stored(home, link):
    """The file with the answer of a link."""
    digest = Permalink.objects.get(pk=link.removeprefix("/tables/")).answer
    return home.path / "permalinks" / digest[:2] / digest


@pytest.mark.parametrize("harm", ["other bytes", "half", "nothing", "gone", "a link elsewhere"])
def test_damage_is_mended_by_counting_again(client, pens, harm):
    """While the release is there the same numbers are counted again, and kept again."""
    link = kept(client)
    before = files(client, link)
    path = stored(pens, link)
    data = path.read_bytes()
    path.unlink()
    if harm == "a link elsewhere":
        path.symlink_to("/etc/passwd")
    elif harm != "gone":
        path.write_bytes({"other bytes": data[:-1] + b"!", "half": data[: len(data) // 2], "nothing": b""}[harm])
    assert files(client, link) == before
    assert stored(pens, link).read_bytes()
    assert not stored(pens, link).is_symlink()


def test_damage_that_cannot_be_mended_shows_no_other_numbers(client, pens, tmp_path):
    """Where the release is gone the page says that the numbers are lost, and leads on; files answer the same."""
    link = kept(client)
    three_releases.second(pens, tmp_path)
    three_releases.forget_release(pens, "1")
    tables.giving.answers.clear()
    stored(pens, link).write_bytes(b"x")
    page = client.get(link)
    assert page.status_code == 503
    assert "<tbody" not in page.content.decode()
    assert "the same numbers can no longer be counted" in page.content.decode()
    assert "See this table with the newest figures" in page.content.decode()
    answer = client.get(f"{link}.csv")
    assert answer.status_code == 503
    assert "immutable" not in answer.headers["Cache-Control"]


def test_a_count_that_differs_is_not_believed(client, pens, monkeypatch):
    """A release that counts otherwise than it did is no substitute for what was kept."""
    link = kept(client)
    stored(pens, link).write_bytes(b"x")
    Permalink.objects.update(fingerprint="0" * 64)
    assert client.get(link).status_code == 503


def test_a_bomb_is_not_unpacked(monkeypatch):
    """What would unpack to more than any table is not one, nor is what is torn."""
    monkeypatch.setattr(permalinks, "_LARGEST_BYTES", 100)
    packed = zlib.compress(bytes(100_000))
    for harmful in (packed, packed[:-3], b""):
        with pytest.raises(ValueError, match="torn"):
            permalinks._unpacked(harmful)


# --- limits -----------------------------------------------------------------------------------------------------------


def test_an_address_makes_so_many_links_an_hour(client, pens, monkeypatch):
    """Further ones are refused with when to come back; a link that is there counts for nothing."""
    monkeypatch.setattr(limits, "WITHOUT_A_KEY", {**limits.WITHOUT_A_KEY, "permalinks": 1})
    kept(client)
    kept(client)
    answer = send(client, three_releases.TABLE_BY_SEX)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "permanent links an hour" in answer.content.decode()
    assert Client(REMOTE_ADDR="127.0.0.9").get(kept(client)).status_code == 200


def test_a_full_site_keeps_no_more_and_says_so(client, pens, settings):
    """What is there stays; nothing is let go of to make room."""
    link = kept(client)
    settings.STATLAS = replace(settings.STATLAS, permalinks_mb=0)
    answer = send(client, three_releases.TABLE_BY_SEX)
    assert answer.status_code == 503
    assert "as many permanent links as it has room for" in answer.content.decode()
    assert client.get(link).status_code == 200


def test_a_disk_that_takes_nothing_leaves_no_link(pens, settings):
    """No address is given for what is not kept."""
    (pens.path / "permalinks").write_text("in the way")
    database = tables.database(home=pens, database_id="pens")
    query = with_date(database, query_of(database, (("rows", "AREA"),)))
    with pytest.raises(BackendError):
        permalinks.keep(home=pens, query=query)
    assert not Permalink.objects.exists()


# --- caches, and what strangers send ----------------------------------------------------------------------------------


def test_files_are_kept_by_caches_for_minutes(client, pens):
    """They never change, but their release may be withdrawn; whoever has one is told so without its being opened."""
    link = kept(client)
    answer = client.get(f"{link}.csv")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    again = client.get(f"{link}.csv", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert client.get(f"{link}.json").headers["ETag"] != answer.headers["ETag"]


def test_the_page_is_asked_for_again(client, pens, tmp_path):
    """It may tell of newer figures; it sets no cookie and varies by none."""
    page = client.get(kept(client))
    assert page.headers["Cache-Control"] == "no-cache"
    assert page.headers["ETag"]
    assert not page.cookies
    assert "Cookie" not in page.headers.get("Vary", "")


@pytest.mark.parametrize(
    "address",
    [
        "/tables/aaaaaaaaaaaaaaaa",
        "/tables/aaaaaaaaaaaaaaaa.csv",
        "/tables/..%2f..%2fsecrets",
        "/tables/AAAAAAAAAAAAAAAA",
        "/tables/a' OR 1=1",
        "/tables/" + "a" * 5_000,
        "/tables/x.csv",
    ],
)
def test_guessed_ids_lead_nowhere(client, pens, address):
    """404, whatever they look like."""
    assert client.get(address).status_code == 404


def test_no_kind_of_file_is_404(client, pens):
    """A suffix that is none."""
    assert client.get(f"{kept(client)}.exe").status_code == 404


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}]
)
def test_other_sites_cannot_send_the_form(client, pens, headers):
    """A browser tells where a form comes from; nothing is kept."""
    answer = client.post("/databases/pens/table/permalink", {"rows": "AREA"}, headers=headers)
    assert answer.status_code == 403
    assert not Permalink.objects.exists()


def test_the_form_needs_no_token_and_no_cookie(pens):
    """Sent by a browser from our own page, of which forms are checked."""
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(
        "/databases/pens/table/permalink",
        {"rows": "AREA"},
        headers={"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"},
    )
    assert answer.status_code == 303
    assert not answer.cookies


def test_what_cannot_be_a_table_is_not_kept(client, pens):
    """A field that is not there, a database that is not there, and a form that is not sent."""
    assert send(client, "rows=NOTHING").status_code == 400
    assert client.post("/databases/nothing/table/permalink", {"rows": "AREA"}).status_code == 404
    assert client.get("/databases/pens/table/permalink").status_code == 405
    assert not Permalink.objects.exists()


def test_names_of_groups_are_text(client, pens):
    """A group may be called anything; nothing of it is code on the page."""
    link = kept(client, "rows=AREA&items.AREA=<script>alert(1)</script>%3D=N,E")
    page = client.get(link).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_page_of_a_table_has_the_button(client, pens):
    """It keeps the release that is shown."""
    page = client.get(f"/databases/pens/table?{three_releases.TABLE}").content.decode()
    found = re.search(r'<form method="post" action="/databases/pens/table/permalink".*?</form>', page, re.DOTALL)
    form = found[0]
    sent = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    assert sent["release"] == "1"
    answer = client.post("/databases/pens/table/permalink", sent)
    assert answer.status_code == 303
    assert body(client.get(answer.url)) == body(client.get(f"/databases/pens/table?{three_releases.TABLE}"))
