import csv
import gzip
import io
import json
from dataclasses import replace

import pytest

from statlas import formats
from statlas.api.native import asking
from statlas.definitions.query_form import QueryForm
from statlas.definitions.query_json import query_of
from statlas.errors import QueryError
from statlas.service import tables
from statlas.service.office import keys

QUERY = {"database": "clubs", "rows": ["AREA@COUNTY"], "columns": ["SEX"], "measures": ["MEMBERS", "FEE:MEAN"]}
ADDRESS = "database=clubs&rows=AREA@COUNTY&columns=SEX&measure=MEMBERS&measure=FEE:MEAN&wafers=MONTH"
STAT_XPLORE = {
    "database": "str:database:clubs",
    "measures": ["str:count:clubs:MEMBERS"],
    "dimensions": [["str:valueset:clubs:MEMBERS:AREA:COUNTY"]],
    "recodes": {},
}


def cube_of(home, **query):
    """The table in Python."""
    form = QueryForm.model_validate({"database": "clubs", **query})
    asked = query_of(tables.database(home=home, database_id="clubs", release=form.release), form)
    return tables.table(home=home, query=asked, door="python")


def test_a_table_is_asked_for_by_its_query(post, home):
    """JSON where nothing else is wished, with the numbers of Python."""
    told = post("/tables", QUERY)
    cube = cube_of(home, **{name: part for name, part in QUERY.items() if name != "database"})
    assert [measure["id"] for measure in told["measures"]] == ["MEMBERS", "FEE:MEAN"]
    assert told["measures"][0]["values"] == cube.measures[0].values.tolist()
    assert (told["release"], told["synthetic"]) == ("2", True)


def test_a_request_of_stat_xplore_is_known_by_its_shape(post, home):
    """And gives the same table."""
    told = post("/tables", STAT_XPLORE)
    cube = cube_of(home, dimensions=["MONTH", "AREA@COUNTY"])
    assert told["measures"][0]["values"] == cube.measures[0].values.tolist()
    unknown = post("/tables", {**STAT_XPLORE, "dimensions": [["str:field:clubs:MEMBERS:ARAE"]]}, status=400)
    assert unknown["nearest"] == ["str:field:clubs:MEMBERS:AREA"]
    assert "error_type" not in unknown


def test_an_address_of_the_site_is_one_of_the_interface(site, get):
    """The same spelling, with the database as one more part."""
    told = get(
        "/tables", **{"database": "clubs", "rows": "AREA@TOWN", "items.AREA": "N1;Both=N2,N3", "columns": "MONTH"}
    )
    assert [item["label"] for item in told["dimensions"][0]["items"]] == ["Aldwick", "Both"]
    page = site.get("/databases/clubs/table.csv?rows=AREA@TOWN&items.AREA=N1;Both=N2,N3&periods=all&wafers=MONTH")
    file = site.get(
        "/api/v1/tables.csv?database=clubs&rows=AREA@TOWN&items.AREA=N1;Both=N2,N3&periods=all&wafers=MONTH"
    )
    numbers = [[row["value"] for row in csv.DictReader(io.StringIO(r.getvalue().decode()))] for r in (page, file)]
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize("name", sorted(formats.FORMATS))
def test_every_kind_of_file_is_had_by_its_ending_and_by_accept(site, name):
    """Ending and media type lead to the same kind; where two share a type, the ending tells them apart."""
    form = formats.FORMATS[name]
    by_ending = site.get(f"/api/v1/tables.{form.suffix}?database=clubs&rows=SEX&release=1")
    assert (by_ending.status_code, by_ending["Content-Type"]) == (200, form.media_type)
    assert by_ending["Content-Disposition"].endswith(f'.{form.suffix}"')
    assert by_ending.getvalue()
    kind = form.media_type.partition(";")[0]
    by_accept = site.get("/api/v1/tables?database=clubs&rows=SEX&release=1", headers={"Accept": kind})
    assert by_accept["Content-Type"].partition(";")[0] == kind
    assert "Accept" in by_accept["Vary"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/html, text/csv;q=0.5, */*;q=0.1", "text/csv"),
        ("application/json;q=0.1, text/csv", "text/csv"),
        ("text/*", "text/csv"),
        ("application/json;q=0, */*", None),
        ("APPLICATION/JSON", "application/json"),
        ("text/csv;q=junk, application/json;q=0.3", "application/json"),
    ],
)
def test_the_kind_that_a_client_likes_best_is_given(site, accept, kind):
    """As RFC 9110 weighs them."""
    response = site.get("/api/v1/tables?database=clubs&rows=SEX", headers={"Accept": accept})
    given = response["Content-Type"].partition(";")[0]
    assert given == kind or (kind is None and given != "application/json")


def test_a_kind_that_is_not_made_is_refused_with_those_that_are(site, is_problem):
    """By Accept and by ending."""
    response = site.get("/api/v1/tables?database=clubs", headers={"Accept": "image/png"})
    assert "text/csv" in is_problem(site, response, 406, "request")["mend"]
    problem = is_problem(site, site.get("/api/v1/tables.xslx?database=clubs"), 404, "request")
    assert "xlsx" in problem["mend"]


def test_the_answer_names_the_release_and_a_digest(site):
    """Both stand in headers, and the pinned address of the same table."""
    response = site.get(f"/api/v1/tables.csv?{ADDRESS}")
    assert response["Statlas-Release"] == "2"
    assert len(response["Statlas-Digest"]) == 64
    link = response["Link"].removeprefix("<").removesuffix('>; rel="canonical"')
    again = site.get(link)
    assert again["Statlas-Digest"] == response["Statlas-Digest"]
    assert again.getvalue() == response.getvalue()


def test_a_pinned_table_is_kept_for_good_and_the_latest_asked_again(site):
    """A pinned answer is kept for minutes, the latest asked again; what has not changed is neither sent nor made."""
    pinned, latest = site.get(f"/api/v1/tables?{ADDRESS}&release=1"), site.get(f"/api/v1/tables?{ADDRESS}")
    assert pinned["Cache-Control"] == "public, max-age=300"
    assert latest["Cache-Control"] == "public, no-cache"
    assert pinned["ETag"] != latest["ETag"]
    for sent in (latest["ETag"], f"W/{latest['ETag']}", f'"x", {latest["ETag"]}'):
        again = site.get(f"/api/v1/tables?{ADDRESS}", headers={"If-None-Match": sent})
        assert (again.status_code, again.content) == (304, b"")
        assert again["Access-Control-Allow-Origin"] == "*"
    other = site.get(f"/api/v1/tables.csv?{ADDRESS}", headers={"If-None-Match": latest["ETag"]})
    assert other.status_code == 200


def test_what_has_not_changed_costs_nothing(site, monkeypatch):
    """No table is asked for where the client has it."""
    etag = site.get(f"/api/v1/tables?{ADDRESS}")["ETag"]
    monkeypatch.setattr(tables, "table", None)
    assert site.get(f"/api/v1/tables?{ADDRESS}", headers={"If-None-Match": etag}).status_code == 304


def test_head_gives_the_headers_alone(site):
    """And OPTIONS what any web page may send."""
    head, whole = site.head(f"/api/v1/tables.csv?{ADDRESS}"), site.get(f"/api/v1/tables.csv?{ADDRESS}")
    assert head.content == b""
    assert {name: head[name] for name in ("ETag", "Statlas-Digest", "Content-Type")} == {
        name: whole[name] for name in ("ETag", "Statlas-Digest", "Content-Type")
    }
    index = site.head("/api/v1/databases")
    assert (index.content, index["Content-Length"]) == (b"", str(len(site.get("/api/v1/databases").content)))
    flight = site.options("/api/v1/tables", headers={"Origin": "https://example.org"})
    assert (flight.status_code, flight["Access-Control-Allow-Origin"]) == (204, "*")
    assert flight["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS, POST"
    assert "Authorization" in flight["Access-Control-Allow-Headers"]


def test_a_script_of_another_site_may_read_every_header(site):
    """Those that are not read by default are exposed."""
    response = site.get(f"/api/v1/tables?{ADDRESS}")
    exposed = response["Access-Control-Expose-Headers"]
    assert all(name in exposed for name in ("ETag", "Link", "Statlas-Digest", "RateLimit-Remaining", "Retry-After"))


def test_answers_are_compressed(site):
    """In pieces too."""
    for kind in ("csv", "json"):
        plain = site.get(f"/api/v1/tables.{kind}?database=rooms&rows=WARD")
        packed = site.get(f"/api/v1/tables.{kind}?database=rooms&rows=WARD", headers={"Accept-Encoding": "gzip"})
        assert packed["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.getvalue()) == plain.getvalue()


def test_a_method_that_an_address_does_not_answer_is_refused(site, is_problem):
    """With those that it does."""
    for method in (site.put, site.delete, site.patch):
        response = method("/api/v1/tables", b"{}", content_type="application/json")
        is_problem(site, response, 405, "request")
        assert response["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_a_table_that_is_too_large_names_jobs(post, monkeypatch):
    """A matter of capacity: how large it is, how much is answered, and how it is had all the same."""
    monkeypatch.setattr("statlas.api.native.answering.MOST_CELLS", 3)
    told = post("/tables", {"database": "clubs", "rows": ["AREA"]}, status=413)
    assert (told["code"], told["value"], told["limit"], told["status"]) == ("too-many-cells", 5, 3, 413)
    assert "jobs" in told["mend"]
    assert asking.MOST_CELLS == 1_000_000


def test_a_table_that_a_rule_refuses_names_the_rule(post):
    """Two geographies, of which records may have one."""
    two = {"database": "clubs", "rows": ["AREA", "OFFICE"]}
    plan = post("/tables/plan", two)
    assert (plan["refused"], plan["rules"][0]["rule"], plan["rules"][0]["blocked"]) == (True, "one_geography", 1)
    assert [one["text"] for one in plan["advice"]]
    told = post("/tables", two, status=422)
    assert (told["code"], told["rule"]) == ("refused", "one_geography")
    assert told["mend"]


def test_a_plan_tells_size_rules_and_advice(post, get):
    """Without making the table, by query and by address."""
    told = post("/tables/plan", QUERY)
    assert (told["cells"], told["limit"], told["at_once"], told["refused"]) == (4, 1_000_000, True, False)
    assert told["query"]["release"] == "2"
    assert [rule["rule"] for rule in told["rules"]][:2] == ["one_geography", "max_variables"]
    by_address = get("/tables/plan", database="clubs", rows="AREA@COUNTY", columns="SEX")
    assert (by_address["cells"], by_address["rules"]) == (told["cells"], told["rules"])
    too_large = post("/tables/plan", {"database": "rooms", "rows": ["WARD"]})
    assert too_large["cells"] == 2_500


def test_all_mistakes_of_a_query_are_told_at_once(site, is_problem):
    """Unknown names with the nearest, each with its place."""
    body = {"database": "clubs", "rows": ["AERA", "SEX"], "columns": ["SEX@C_SXE"], "measures": ["FFE:MEAN"]}
    response = site.post("/api/v1/tables", json.dumps(body), content_type="application/json")
    problem = is_problem(site, response, 400, "query")
    assert [(one["pointer"], one["nearest"]) for one in problem["errors"]] == [
        ("/rows/0", ["AREA"]),
        ("/columns/0", ["C_SEX"]),
        ("/measures/0", ["FEE:MEAN", "FEE:MEDIAN"]),
    ]


def test_a_mistake_in_an_address_has_the_nearest_too(site, is_problem):
    """A field, a part of the address, a database."""
    assert is_problem(site, site.get("/api/v1/tables?database=clubs&rows=AERA"), 400, "unknown-name")["nearest"]
    assert is_problem(site, site.get("/api/v1/tables?database=clubss"), 400, "unknown-name")["nearest"] == ["clubs"]
    is_problem(site, site.get("/api/v1/tables?database=clubs&row=3&fliter.SEX=1"), 400, "unknown-name")
    is_problem(site, site.get("/api/v1/tables?rows=AREA"), 400, "request")
    is_problem(site, site.get("/api/v1/tables?database=clubs&database=rooms"), 400, "request")


def test_a_release_that_is_not_there_is_told(post):
    """Not yet public, withdrawn or never made: all alike."""
    told = post("/tables", {**QUERY, "release": "3"}, status=400)
    assert (told["code"], told["component"]) == ("unknown-name", "3")


def test_a_key_may_be_sent_as_a_bearer(site, db):
    """In either header; nothing needs one."""
    key = keys.create(name="a program")
    for headers in ({"APIKey": key}, {"Authorization": f"Bearer {key}"}):
        assert site.get("/api/v1/databases", headers=headers)["RateLimit-Limit"] == "10000"
    assert site.get("/api/v1/databases")["RateLimit-Limit"] == "600"


def test_a_table_that_a_kind_of_file_cannot_hold_is_a_problem(site, monkeypatch, is_problem):
    """Before the first byte, whether the kind says so itself or its writer fails at its beginning."""

    def broken(_cube, _about):
        raise QueryError("The table has too many columns for this kind of file.", mend="Take CSV.")
        yield b""

    form = replace(formats.FORMATS["csv"], write=broken)
    monkeypatch.setattr(formats, "by_suffix", {**formats.by_suffix, "csv": form})
    is_problem(site, site.get("/api/v1/tables.csv?database=clubs"), 400, "query")
    misfit = replace(form, misfit=lambda _cube: QueryError("It is too wide.", mend="Take CSV."))
    monkeypatch.setattr(formats, "by_suffix", {**formats.by_suffix, "csv": misfit})
    assert is_problem(site, site.get("/api/v1/tables.csv?database=clubs"), 400, "query")["detail"] == "It is too wide."
