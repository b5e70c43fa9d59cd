"""The endpoints over HTTP: keys, methods, headers, pages, errors, and real protected tables."""

import gzip
import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statlas.api.opendata import routes
from statlas.errors import BusyError
from statlas.model.cube import CellStatus
from statlas.model.query import Dimension, Query
from statlas.service import tables
from statlas.service.office import keys

BASE = "/webapi/rest/v1"
DATABASE = "str:database:hb_new"
COUNT = "str:count:hb_new:V_F_HB_NEW"
DATE = "str:field:hb_new:F_HB_NEW_DATE:NEW_DATE_NAME"
AREA = "str:field:hb_new:V_F_HB_NEW:COA_CODE"
TENURE = "str:field:hb_new:V_F_HB_NEW:TENURE_PUB"
LA = "str:valueset:hb_new:V_F_HB_NEW:COA_CODE:V_LA"


# --- keys, methods, headers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/info", "/schema", "/schema/str:folder:root", "/nowhere"])
@pytest.mark.parametrize("headers", [{}, {"APIKey": ""}, {"APIKey": "0" * 64}, {"APIKey": "é"}])
def test_without_a_key_in_force_nothing_is_answered(client, get, path, headers):
    """401, and the body says how to get one."""
    response = client.get(f"{BASE}{path}", headers=headers)
    assert response.status_code == 401
    told = response.json()
    assert (told["errorType"], told["component"]) == ("API_KEY_REQUIRED", "APIKey")
    assert "statlas key create" in told["message"]
    assert "WWW-Authenticate" in response.headers


def test_a_table_needs_a_key_too(client, get):
    """Before its body is looked at."""
    assert client.post(f"{BASE}/table", b"nonsense", content_type="application/json").status_code == 401


@pytest.mark.parametrize("name", ["APIKey", "apiKey", "ApiKey", "apikey"])
def test_the_name_of_the_header_may_be_spelled_anyhow(client, key, get, name):
    """Clients spell it four ways."""
    assert client.get(f"{BASE}/info", headers={name: key}).status_code == 200


def test_a_revoked_key_is_refused(get, key):
    """At once."""
    assert get("/info").status_code == 200
    keys.revoke(name="a program")
    assert get("/info").status_code == 401


@pytest.mark.parametrize("path", ["/info", "/schema", "/table", "/nowhere"])
def test_any_page_on_the_web_may_ask(client, get, path):
    """CORS: a preflight needs no key; answers and refusals may be read by scripts of other sites."""
    allowed = client.options(f"{BASE}{path}", headers={"Origin": "https://elsewhere"})
    assert allowed.status_code == 204
    assert allowed.headers["Access-Control-Allow-Origin"] == "*"
    assert "apikey" in allowed.headers["Access-Control-Allow-Headers"].lower()
    assert "POST" in allowed.headers["Access-Control-Allow-Methods"]
    assert client.get(f"{BASE}{path}").headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("method", "path"), [("get", "/table"), ("post", "/info"), ("delete", "/schema"), ("put", "/x")]
)
def test_other_methods_are_refused_by_name(client, get, method, path):
    """405 with what is allowed."""
    response = getattr(client, method)(f"{BASE}{path}")
    assert response.status_code == 405
    assert response.json()["errorType"] == "METHOD_NOT_ALLOWED"
    assert "OPTIONS" in response.headers["Allow"]


def test_answers_carry_the_headers_clients_check(get, post):
    """Content-Type as captured, the language of labels; no cookie, and no Link on anything that is whole."""
    for response in (get("/info"), get("/schema"), post({"database": DATABASE}), get("/schema/invalid_uri")):
        assert response.headers["Content-Type"] == "application/json;charset=UTF-8"
        assert response.headers["Content-Language"] == "en"
        assert "Link" not in response.headers
        assert not response.cookies


def test_what_has_not_changed_is_not_sent_again(get):
    """ETag and 304 on schema and info, none on tables."""
    for path in ("/info", "/schema", f"/schema/{DATABASE}"):
        first = get(path)
        again = get(path, **{"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert get("/info", **{"If-None-Match": '"another"'}).status_code == 200


def test_a_table_has_no_etag(post):
    """As at Stat-Xplore."""
    assert "ETag" not in post({"database": DATABASE}).headers


def test_answers_are_compressed_for_those_who_accept_it(get):
    """Most of a schema is repetition."""
    response = get(f"/schema/{LA}", **{"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(response.content))["children"]) == 100


def test_head_is_get_without_a_body(client, key, get):
    """Some clients look before they fetch."""
    response = client.head(f"{BASE}/info", headers={"APIKey": key})
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("path", ["", "/", "/table/saved", "/table/saved/", "/tables", "/info/x", "/rate_limit_cells"])
def test_an_unknown_endpoint_is_told_in_the_same_form(get, path):
    """404 as JSON, not a page."""
    response = get(path or "/")
    assert response.status_code == 404
    assert list(response.json()) == ["message", "errorType", "component"]


# --- info and schema --------------------------------------------------------------------------------------------------


def test_info_has_one_member(get, shared, capture):
    """Its form is that captured: languages with a locale and a name."""
    answer = get("/info").json()
    captured = capture(shared / "samples/misc/statcube_info.json")
    assert list(answer) == list(captured)
    assert [list(language) for language in answer["languages"]] == [list(captured["languages"][0])]


def test_the_schema_begins_at_the_root(get, shared, capture):
    """``/schema`` is the root folder; members stand in the captured order."""
    answer = get("/schema").json()
    captured = capture(shared / "samples/schema/statcube_schema_root.json")
    assert answer == get("/schema/").json() == get("/schema/str:folder:root").json()
    assert list(answer) == list(captured)
    assert list(answer["children"][0]) == list(captured["children"][0])


def test_a_walker_reaches_every_component_by_its_location(get):
    """Following ``location`` and ``Link`` from the root: every field, level and value, each once, none refused."""
    met, ahead = [], ["http://testserver/webapi/rest/v1/schema"]
    while ahead:
        response = get(ahead.pop().removeprefix(f"http://testserver{BASE}"))
        assert response.status_code == 200
        met.append((response.json()["type"], response.json()["id"]))
        ahead += [child["location"] for child in response.json().get("children", ()) if child["type"] != "VALUE"]
        if "Link" in response.headers:
            address, _, relation = response.headers["Link"].partition(">; ")
            assert relation == 'rel="next"'
            ahead.append(address.removeprefix("<"))
    assert met.count(("VALUESET", LA)) == 2
    assert len(set(met)) == len(met) - 1
    kinds = {"FOLDER", "DATABASE", "TABLE", "COUNT", "MEASURE", "STAT_FUNCTION", "GROUP", "FIELD", "VALUESET"}
    assert {kind for kind, _ in met} == kinds


def test_a_page_that_is_continued_says_where(get):
    """100 values, then the other 20; the parameters asked for are kept."""
    first = get(f"/schema/{LA}")
    assert first.headers["Link"] == f'<http://testserver{BASE}/schema/{LA}?offset=100>; rel="next"'
    second = get(f"/schema/{LA}?offset=100")
    assert (len(first.json()["children"]), len(second.json()["children"])) == (100, 20)
    assert "Link" not in second.headers
    assert get(f"/schema/{LA}?limit=50&offset=50").headers["Link"].endswith('limit=50&offset=100>; rel="next"')


@pytest.mark.parametrize("query", ["offset=-1", "offset=x", "limit=", "offset=1e3", "limit=٣", "offset=" + "9" * 5000])
def test_a_page_that_is_no_number_is_refused(get, query):
    """400, in the dialect's form."""
    response = get(f"/schema/{LA}?{query}")
    assert response.status_code == 400
    assert response.json()["errorType"] == "INVALID_REQUEST"


def test_a_page_past_the_end_is_empty(get):
    """A script that asks for pages until one is empty comes to an end."""
    assert get(f"/schema/{LA}?offset=999999999").json()["children"] == []


@pytest.mark.parametrize(("path", "status"), [(DATABASE, 200), ("str:folder:root", 400)])
def test_depth_goes_no_deeper_than_an_answer_can_be_long(get, path, status):
    """Values of one database, not of all."""
    assert get(f"/schema/{path}?depth=valueset").status_code == status
    assert get(f"/schema/{path}?depth=folder").status_code == 200
    assert get(f"/schema/{path}?depth=everything").status_code == 400


@pytest.mark.parametrize(
    "component", ["invalid_uri", "str:database:../../secrets", "str:database:%00", "str:database:%FF"]
)
def test_an_unknown_component_is_refused_as_captured(get, shared, capture, component):
    """Status 400, and every member as the server sends it."""
    response = get(f"/schema/{component}")
    assert response.status_code == 400
    if component == "invalid_uri":
        captured = capture(shared / "samples/errors/statcube_SCHEMA_COMPONENT_NOT_FOUND_400.json")
        assert json.dumps(response.json()) == json.dumps(captured)


def test_addresses_are_those_by_which_the_site_was_reached(client, key, get, settings):
    """Behind a proxy that is trusted, its name and scheme; from anyone else such headers are ignored."""
    headers = {"APIKey": key, "X-Forwarded-Host": "data.example.org", "X-Forwarded-Proto": "https"}
    settings.ALLOWED_HOSTS = ["data.example.org", "testserver"]
    assert client.get(f"{BASE}/schema", headers=headers).json()["location"].startswith("http://testserver/")
    settings.USE_X_FORWARDED_HOST = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    location = client.get(f"{BASE}/schema", headers=headers).json()["location"]
    assert location == f"https://data.example.org{BASE}/schema/str:folder:root"


# --- tables -----------------------------------------------------------------------------------------------------------


def test_a_body_without_dimensions_is_the_latest_month(post):
    """One field, one item, no total, about 2,400 people."""
    answer = post({"database": DATABASE}).json()
    [field] = answer["fields"]
    assert (field["uri"], [item["labels"] for item in field["items"]]) == (DATE, [["September 2025"]])
    [value] = answer["cubes"][COUNT]["values"]
    assert 2_380 <= value <= 2_420
    assert answer["query"] == {
        "database": DATABASE,
        "measures": [COUNT],
        "recodes": {
            DATE: {
                "map": [["str:value:hb_new:F_HB_NEW_DATE:NEW_DATE_NAME:C_HB_NEW_DATE:202509"]],
                "total": False,
            }
        },
        "dimensions": [[DATE]],
    }


def test_the_date_is_the_first_axis_where_it_is_not_asked_for(post):
    """A leading axis of length 1."""
    answer = post({"database": DATABASE, "dimensions": [[TENURE]], "measures": []}).json()
    assert [field["uri"] for field in answer["fields"]] == [DATE, TENURE]
    [values] = answer["cubes"][COUNT]["values"]
    assert len(values) == 3


def test_hidden_cells_are_zero_and_a_note_says_so(post):
    """Nobody is of unknown tenure: 0, as it is for a few people."""
    answer = post({"database": DATABASE, "dimensions": [[TENURE]]}).json()
    assert answer["cubes"][COUNT]["values"][0][2] == 0
    assert answer["database"]["annotationKeys"] == ["I", "z"]
    assert list(answer["annotationMap"]) == ["I", "XXV", "z"]
    assert answer["fields"][1]["annotationKeys"] == ["XXV"]


STATFN = "str:statfn:hb_new:V_F_HB_NEW:LAHBAMT"


def test_counts_and_statistics_come_together(post, home):
    """A cube for each measure in the order asked, with the numbers of every other door."""
    asked = [f"{STATFN}:MEAN", COUNT, f"{STATFN}:SUM", f"{STATFN}:MEDIAN"]
    answer = post({"database": DATABASE, "measures": asked, "dimensions": [[TENURE]]}).json()
    assert list(answer["cubes"]) == asked
    assert [measure["function"] for measure in answer["measures"]] == ["MEAN", "COUNT", "SUM", "MEDIAN"]
    query = Query("hb_new", ("LAHBAMT:MEAN", "V_F_HB_NEW", "LAHBAMT:SUM", "LAHBAMT:MEDIAN"), (Dimension("TENURE_PUB"),))
    cube = tables.table(home=home, query=query, door="python")
    for uri, measure in zip(asked, cube.measures, strict=True):
        shown = measure.status == CellStatus.SHOWN
        assert answer["cubes"][uri]["values"] == np.where(shown, measure.values, 0).tolist()
        assert answer["cubes"][uri]["precision"] == measure.precision
        assert shown.tolist() == [[True, True, False]]


def test_an_unknown_statistic_is_refused_with_those_there_are(post):
    """Nothing is guessed; a percentile that the policy does not print is refused too."""
    for statistic, error_type in (("MODE", "STATISTIC_NOT_AVAILABLE"), ("P33", "INVALID_REQUEST")):
        response = post({"database": DATABASE, "measures": [f"{STATFN}:{statistic}"]})
        assert response.status_code == 400
        assert response.json()["errorType"] == error_type
        assert "MEDIAN" in response.json()["message"]


def test_a_table_that_a_rule_refuses_is_told_in_the_same_form(post):
    """The rule is the component, the message says what to change; there is no number."""
    office = "str:field:hb_new:V_F_HB_NEW:OFFICE"
    response = post({"database": DATABASE, "dimensions": [[AREA], [office]]})
    assert response.status_code == 422
    body = response.json()
    assert (body["errorType"], body["component"]) == ("DISCLOSURE_REFUSED", "one_geography")
    assert "Leave one of the geographies out." in body["message"]
    assert set(body) == {"message", "errorType", "component"}


def test_axes_are_as_long_as_their_items(post):
    """Three months, 120 authorities and two groups with a total: rectangular, in the order asked."""
    tenures = [f"{TENURE}:C_HOUSING_SECTOR:{code}".replace("field", "value") for code in ("1", "2", "99")]
    body = {
        "database": DATABASE,
        "measures": [COUNT],
        "dimensions": [[LA, DATE], [TENURE]],
        "recodes": {TENURE: {"map": [tenures[:2], tenures[2:]], "total": True}},
    }
    answer = post(body).json()
    values = answer["cubes"][COUNT]["values"]
    assert (len(values), {len(row) for row in values}, {len(cell) for row in values for cell in row}) == (120, {3}, {3})
    assert answer["query"]["dimensions"] == body["dimensions"]
    assert answer["fields"][0]["uri"] == LA
    assert answer["fields"][0]["label"] == "National - Regional - LA - OAs"
    assert list(answer["query"]["recodes"]) == [LA, DATE, TENURE]


def test_an_answer_asked_again_by_its_echo_is_the_same(post):
    """``query`` of an answer is a query: programs send it back next month."""
    first = post({"database": DATABASE, "dimensions": [[AREA], [TENURE]], "recodes": {AREA: {"total": True}}})
    assert post(first.json()["query"]).content == first.content


@pytest.mark.parametrize("path", ["/table", "/table/"])
@pytest.mark.parametrize("content_type", ["", "application/json", "text/plain", "application/x-www-form-urlencoded"])
def test_the_body_is_json_whatever_it_is_called(client, key, get, path, content_type):
    """Clients send it with and without a slash, and without a Content-Type."""
    body = json.dumps({"database": DATABASE})
    response = client.post(f"{BASE}{path}", body, content_type=content_type, headers={"APIKey": key})
    assert response.status_code == 200


def test_more_cells_than_the_limit_are_refused_as_captured(post, shared, capture, monkeypatch):
    """The members and words of the server, with our numbers."""
    monkeypatch.setattr(routes, "MOST_CELLS", 100)
    response = post({"database": DATABASE, "dimensions": [[LA]]})
    captured = capture(shared / "samples/errors/statcube_CELL_COUNT_400.json")
    told = response.json()
    assert (response.status_code, list(told)) == (400, list(captured))
    expected = captured["message"].replace("1,000,000", "100").replace("21,976,902", "120")
    assert (told["message"], told["value"], told["limit"]) == (expected, 120, 100)


def test_the_limit_is_a_million_cells():
    """As at Stat-Xplore."""
    assert routes.MOST_CELLS == 1_000_000


def test_a_body_too_large_is_refused(post):
    """413, whatever it holds."""
    response = post(b"[" * (routes.LARGEST_BODY + 1))
    assert response.status_code == 413
    assert response.json()["errorType"] == "REQUEST_TOO_LARGE"


@pytest.mark.parametrize("name", ["../../secrets", "/etc", "hb_new\x00", "\ud800", "HB_NEW", ".", "x" * 5_000])
def test_a_database_that_cannot_be_is_unknown(post, name):
    """Whatever its name would mean to a file system."""
    response = post({"database": f"str:database:{name}"})
    assert response.status_code == 400
    assert response.json()["errorType"] == "SCHEMA_COMPONENT_NOT_FOUND"


NAMES = st.sampled_from(
    [DATABASE, COUNT, DATE, AREA, TENURE, LA, f"{TENURE}:C_HOUSING_SECTOR:1".replace("field", "value")]
)
LISTS = st.lists(st.lists(NAMES, max_size=2), max_size=2)
BODIES = st.fixed_dictionaries(
    {"database": st.just(DATABASE) | st.text(max_size=3)},
    optional={
        "measures": st.lists(NAMES, max_size=2) | st.none() | st.integers(),
        "dimensions": LISTS | st.none() | st.text(max_size=3),
        "recodes": st.dictionaries(NAMES, st.fixed_dictionaries({"map": LISTS}) | st.none() | st.text(max_size=3)),
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES | st.binary(max_size=50))
def test_no_body_makes_the_site_fail(post, body):
    """A table or a refusal in the dialect's form, never a 500."""
    response = post(body)
    answer = response.json()
    assert response.status_code in {200, 400}
    assert ("cubes" in answer) == (response.status_code == 200)
    assert ("errorType" in answer) == (response.status_code == 400)


def test_a_busy_service_says_when_to_come_back(post, monkeypatch):
    """503 with ``Retry-After``, in the form of the dialect."""

    def busy(**_):
        raise BusyError("Other tables are being counted.", retry_after=10)

    monkeypatch.setattr(tables, "table", busy)
    response = post({"database": DATABASE, "dimensions": [[TENURE]]})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert response.json()["errorType"] == "SERVICE_UNAVAILABLE"
