import csv
import io
from dataclasses import replace

from statlas.service import tables


def test_databases_are_listed_and_found_by_words(get):
    """Of names, fields and measures; every word has to stand somewhere."""
    assert [one["id"] for one in get("/databases")["databases"]] == ["clubs", "rooms"]
    assert [one["id"] for one in get("/databases", q="yearly FEE club")["databases"]] == ["clubs"]
    assert [one["id"] for one in get("/databases", folder="Places")["databases"]] == ["rooms"]
    assert get("/databases", q="nothing like it") == {"found": 0, "databases": [], "next": None}
    clubs = get("/databases", q="clubs")["databases"][0]
    assert (clubs["release"], clubs["n_periods"], clubs["last_period"]) == ("2", 3, "202503")
    assert clubs["address"] == "http://testserver/api/v1/databases/clubs"
    assert clubs["synthetic"] is True


def test_a_list_has_pages(get):
    """The cursor of one leads to the next; the last has none."""
    first = get("/databases", limit=1)
    assert (first["found"], len(first["databases"])) == (2, 1)
    last = get("/databases", limit=1, cursor=first["next"])
    assert (last["databases"][0]["id"], last["next"]) == ("rooms", None)


def test_a_schema_tells_what_can_be_asked(get, site):
    """Fields with levels and the numbers of their codes, measures, notes, releases, ready-made tables, protection."""
    told = get("/databases/clubs")
    area = next(field for field in told["fields"] if field["id"] == "AREA")
    assert [(one["id"], one["n_codes"], one["parent"]) for one in area["levels"]] == [
        ("COUNTY", 2, None),
        ("TOWN", 5, "COUNTY"),
    ]
    assert (told["date"], told["count"]["id"], area["default_level"]) == ("MONTH", "MEMBERS", "TOWN")
    assert [one["id"] for one in told["measures"][0]["statistics"]] == ["FEE:SUM", "FEE:MEAN", "FEE:MEDIAN", "FEE:P90"]
    assert [(one["release"], one["last_period"]) for one in told["releases"]] == [("1", "202502"), ("2", "202503")]
    assert told["notes"] == [{"key": "I", "text": "Club records are made up."}]
    assert (told["protection"]["threshold"], told["protection"]["noise_sd"]) == (5, 1.7)
    assert told["licence"]["name"] == "Open Government Licence v3.0"
    for address in (told["tables"][0]["address"], area["levels"][1]["codes"], told["releases"][0]["address"]):
        assert site.get(address).status_code == 200


def test_a_schema_of_an_earlier_release_says_so(site, get):
    """It lists the releases all the same, so it may be asked again."""
    told = get("/databases/clubs", release="1")
    assert (told["release"], told["latest"], told["n_periods"]) == ("1", False, 2)
    response = site.get("/api/v1/databases/clubs?release=1")
    assert response["Statlas-Release"] == "1"
    assert "immutable" not in response["Cache-Control"]


def test_codes_come_by_level_by_search_and_by_what_holds_them(get):
    """Each with what holds it."""
    found = get("/databases/clubs/fields/AREA/codes")
    assert [one["code"] for one in found["codes"]] == ["N", "S", "N1", "N2", "N3", "S1", "S2"]
    assert found["codes"][2] == {
        "level": "TOWN",
        "code": "N1",
        "label": "Aldwick",
        "parents": ["N@COUNTY"],
        "valid_from": None,
        "valid_to": None,
    }
    assert [c["code"] for c in get("/databases/clubs/fields/Area/codes", level="COUNTY")["codes"]] == ["N", "S"]
    assert [c["code"] for c in get("/databases/clubs/fields/AREA/codes", q="DUN")["codes"]] == ["S1"]
    assert [c["code"] for c in get("/databases/clubs/fields/AREA/codes", within="S@COUNTY")["codes"]] == ["S1", "S2"]


def test_codes_have_pages_and_csv_has_all(get, site):
    """Pages follow one another without a gap; CSV is in one piece, and no text of it is a formula."""
    codes, cursor = [], ""
    for _ in range(3):
        page = get("/databases/rooms/fields/WARD/codes", cursor=cursor)
        codes += [one["code"] for one in page["codes"]]
        cursor = page["next"]
    assert (codes, cursor) == ([f"W{n}" for n in range(2_500)], None)
    for address, accept in (("codes.csv", "*/*"), ("codes", "text/csv")):
        response = site.get(f"/api/v1/databases/rooms/fields/WARD/{address}", headers={"Accept": accept})
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        rows = list(csv.DictReader(io.StringIO(response.getvalue().decode())))
        assert [row["code"] for row in rows] == codes
        assert list(rows[0]) == ["level", "code", "label", "parent_level", "parent", "valid_from", "valid_to"]


def test_codes_of_a_release_never_change(site):
    """They are kept for good; those of the latest are asked again, and unchanged ones are not sent."""
    address = "/api/v1/databases/clubs/fields/AREA/codes.csv"
    pinned, latest = site.get(f"{address}?release=1"), site.get(address)
    assert pinned["Cache-Control"] == "public, max-age=300"
    assert latest["Cache-Control"] == "public, no-cache"
    again = site.get(address, headers={"If-None-Match": latest["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_what_is_not_there_has_no_address(site, is_problem):
    """A database, release or field that is not there; the nearest that are."""
    problem = is_problem(site, site.get("/api/v1/databases/club"), 404, "unknown-name")
    assert problem["nearest"] == ["clubs"]
    is_problem(site, site.get("/api/v1/databases/clubs?release=99"), 404, "unknown-name")
    problem = is_problem(site, site.get("/api/v1/databases/clubs/fields/AERA/codes"), 404, "unknown-name")
    assert problem["nearest"] == ["AREA"]
    problem = is_problem(site, site.get("/api/v1/databases/clubs/fields/AREA/codes?level=TWN"), 400, "unknown-name")
    assert problem["nearest"] == ["TOWN"]
    is_problem(site, site.get("/api/v1/databases/clubs/fields/AREA/codes?within=X9"), 400, "unknown-name")
    is_problem(site, site.get("/api/v1/nothing/here"), 404, "request")


def test_a_cursor_belongs_to_its_question(site, get, is_problem):
    """That of another search, level or release is refused, and so is what was never one."""
    cursor = get("/databases", limit=1)["next"]
    problem = is_problem(site, site.get("/api/v1/databases", {"cursor": cursor, "q": "clubs"}), 400, "request")
    assert "another question" in problem["detail"]
    base = "/api/v1/databases/clubs/fields/AREA/codes"
    cursor = get("/databases/clubs/fields/AREA/codes", limit=2)["next"]
    assert site.get(base, {"limit": 3, "cursor": cursor, "release": "2"}).status_code == 400
    assert site.get(base, {"limit": 3, "cursor": cursor}).json()["codes"][0]["code"] == "N1"
    for broken in ("x", "ä", "WzEsMl0", "=" * 50, "A" * 300, "bnVsbA"):
        is_problem(site, site.get(base, {"cursor": broken}), 400, "request")


def test_an_empty_home_has_no_databases(client, settings, tmp_path, db):
    """And says so with an empty list."""
    settings.STATLAS = replace(settings.STATLAS, home=tables.open_home(tmp_path / "new").create().path)
    assert client.get("/api/v1/databases").json() == {"found": 0, "databases": [], "next": None}
