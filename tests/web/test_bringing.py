"""Saved queries are brought as files: understood, mended where they can be, refused in words where they cannot."""

import json
import re
from html import unescape
from io import BytesIO
from urllib.parse import parse_qsl, urlsplit

import pytest

pytestmark = pytest.mark.django_db

VALUE = "str:value:hb_new:V_F_HB_NEW"
AREA = "str:field:hb_new:V_F_HB_NEW:AREA"
MONTH = "str:field:hb_new:F_HB_DATE:MONTH"


def _text(page):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def query(areas=("E12000001", "E12000002"), months=("202501", "202502"), database="hb_new", **more):
    """The body of a request as Stat-Xplore's page writes it."""
    return {
        "database": f"str:database:{database}",
        "measures": ["str:count:hb_new:V_F_HB_NEW"],
        "recodes": {
            AREA: {"map": [[f"{VALUE}:AREA:V_REGION:{code}"] for code in areas], "total": True},
            MONTH: {"map": [[f"str:value:hb_new:F_HB_DATE:MONTH:C_HB_DATE:{m}"] for m in months], "total": False},
        },
        "dimensions": [[AREA], [MONTH]],
        **more,
    }


@pytest.fixture
def bring(site):
    """``bring(content, ...)``: the page after a file was brought; content that is no bytes is written as JSON."""

    def brought(content, database="", **answers):
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        at = f"/databases/{database}/upload/bring" if database else "/upload/bring"
        if answers:
            return site.post(at, {"text": body.decode(), **answers})
        file = BytesIO(body)
        file.name = "query.json"
        return site.post(at, {"file": file})

    return brought


def _links(page):
    return [unescape(found) for found in re.findall(r'href="([^"]+)"', page)]


def test_a_saved_query_is_told_and_leads_to_its_table(bring, get):
    """What it counts, its fields, and two tables: of its dates, and of as many of the latest."""
    page = bring(query()).content.decode()
    assert "Region and area North, Midlands & Wales and their total" in _text(page)
    table, moving = [link for link in _links(page) if "/table?" in link]
    assert dict(parse_qsl(urlsplit(table).query)) == {
        "rows": "AREA@V_REGION",
        "items.AREA": "E12000001;E12000002",
        "total": "AREA",
        "columns": "MONTH@C_HB_DATE",
        "items.MONTH": "202501;202502",
        "measure": "V_F_HB_NEW",
    }
    assert "periods=latest(2)" in moving
    assert "February 2025" in get(table.partition("#")[0])


def test_a_byte_order_mark_does_not_matter(bring):
    """Some editors begin every file with one."""
    assert "Your query" in bring(b"\xef\xbb\xbf" + json.dumps(query()).encode()).content.decode()


def test_dates_that_are_not_published_are_left_out_and_told(bring):
    """Every saved query names the dates of its day."""
    page = bring(query(months=("199901", "202502"))).content.decode()
    assert "C_HB_DATE:199901 is not here, and is left out." in _text(page)
    assert any("items.MONTH=202502" in link for link in _links(page))


def test_a_query_of_no_date_that_is_here_is_refused(bring):
    """Leaving out all would mean every date."""
    response = bring(query(months=("199901",)))
    assert response.status_code == 400
    assert "Nothing that the query asks of a field is known here" in _text(response.content.decode())


def test_an_unknown_value_is_a_question_with_the_nearest(bring):
    """Its owner takes the nearest, or leaves it out, or all that is not known."""
    body = query(areas=("E12000001", "E1200000x", "zzz"))
    asked = bring(body)
    assert asked.status_code == 400
    page = asked.content.decode()
    near = re.search(r'name="near" value="([^"]*)"', page)[1]
    assert near.startswith(f"{VALUE}:AREA:V_REGION:E1200000")
    unknown = f"{VALUE}:AREA:V_REGION:E1200000x"
    taken = _text(
        bring(
            query(areas=("E12000001", "E1200000x")),
            act="nearest",
            unknown=unknown,
            near=f"{VALUE}:AREA:V_REGION:E12000003",
        ).content.decode()
    )
    assert f"{VALUE}:AREA:V_REGION:E12000003 is taken for {unknown}." in taken
    left = bring(query(areas=("E12000001", "E1200000x")), act="leave", unknown=unknown).content.decode()
    assert f"{unknown} is not here, and is left out." in _text(left)
    both = bring(body, act="leave-all").content.decode()
    assert _text(both).count("is not here, and is left out.") == 2


def test_a_database_that_has_another_name_now_is_named_throughout(bring):
    """One answer mends every id of the file."""
    old = json.loads(json.dumps(query()).replace("hb_new", "hb_newer"))
    assert 'name="near" value="str:database:hb_new"' in bring(old).content.decode()
    page = bring(old, act="nearest", unknown="str:database:hb_newer", near="str:database:hb_new").content.decode()
    assert "Your query" in page


def test_a_database_that_is_not_here_is_said(bring):
    """With where to look."""
    said = _text(bring(query(database="denatec06")).content.decode())
    assert "The database of this query is not on this site." in said


def test_our_own_queries_are_brought_as_well(bring, site):
    """The query of the native API, and a file that repeats it."""
    ours = {"database": "hb_new", "rows": ["AREA"], "columns": ["SEX"], "periods": "latest(3)"}
    assert any("rows=AREA" in link for link in _links(bring(ours).content.decode()))
    answer = b"".join(site.get("/databases/hb_new/table.query.json?rows=SEX").streaming_content)
    assert any("rows=SEX" in link for link in _links(bring(answer).content.decode()))
    whole = b"".join(site.get("/databases/hb_new/table.json?rows=SEX").streaming_content)
    assert any("SEX" in link for link in _links(bring(whole).content.decode()) if "/table?" in link)


def test_a_query_of_another_database_says_so(bring):
    """Brought to the page of one, it may ask another."""
    assert "another database than the one you came from" in _text(bring(query(), database="rents").content.decode())


HOSTILE = {
    "empty": b"",
    "blank": b" \n ",
    "no JSON": b"database,measure\n1,2\n",
    "binary": bytes(range(256)),
    "UTF-16": json.dumps(query()).encode("utf-16"),
    "a list": b"[1,2]",
    "a number": b"7",
    "no database": b"{}",
    "a database that is no text": b'{"database": {"a": 1}}',
    "deep": b'{"database": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "twice": b'{"database": "str:database:hb_new", "database": "x"}',
    "not a number": b'{"database": NaN}',
    "half a character": b'{"database": "\\ud800"}',
    "other keys": json.dumps(query(filters=1)).encode(),
    "wrong shape": json.dumps(query(recodes=[1])).encode(),
    "wrong ours": b'{"database": "hb_new", "rows": 7}',
    "wrong file": b'{"query": {"database": "hb_new", "dimensions": [["AREA", 7]]}}',
    "unknown in a file": b'{"query": {"database": "hb_new", "dimensions": [["NO", null, null, null, false, "rows"]]}}',
    "unknown ours": b'{"database": "nope"}',
    "large": b'{"database": "' + b"x" * 2_100_000 + b'"}',
    "a script": b'{"database": "<script>alert(1)</script>"}',
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_files_that_are_no_query_are_refused_in_words(bring, content):
    """Status 400, a sentence, and what to do; nothing is run of what they hold."""
    response = bring(content)
    assert response.status_code == 400
    page = response.content.decode()
    assert "<script>alert" not in page
    assert "There is a problem" in page or "govuk-error-summary" in page


def test_odd_answers_do_no_harm(bring):
    """Buttons that no page has, names that are none."""
    for answers in ({"act": "nearest"}, {"act": "leave", "unknown": "\x00"}, {"was": "x", "now": ""}, {"without": "y"}):
        assert bring(query(), **answers).status_code in (200, 400)


@pytest.mark.parametrize("address", ["/upload", "/databases/hb_new/upload"])
def test_the_page_asks_for_a_file(get, address):
    """And for a pasted query."""
    assert 'type="file"' in get(address)
