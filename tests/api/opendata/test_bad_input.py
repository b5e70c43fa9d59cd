"""Bad input at this door: a clear refusal in the dialect's form, nothing leaked, and the site answers the next one."""

import http.client
import json
import logging
from contextlib import suppress
from urllib.parse import quote, urlsplit

import pytest
from django.http import HttpRequest, UnreadablePostError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statlas.api.opendata import routes
from statlas.service.office import keys

BASE = "/webapi/rest/v1"
DATABASE = "str:database:hb_new"
COUNT = "str:count:hb_new:V_F_HB_NEW"
MEASURE = "str:measure:hb_new:V_F_HB_NEW:LAHBAMT"
MEAN = "str:statfn:hb_new:V_F_HB_NEW:LAHBAMT:MEAN"
DATE = "str:field:hb_new:F_HB_NEW_DATE:NEW_DATE_NAME"
AREA = "str:field:hb_new:V_F_HB_NEW:COA_CODE"
TENURE = "str:field:hb_new:V_F_HB_NEW:TENURE_PUB"
LA = "str:valueset:hb_new:V_F_HB_NEW:COA_CODE:V_LA"
SOCIAL, PRIVATE, NOBODY = (
    f"str:value:hb_new:V_F_HB_NEW:TENURE_PUB:C_HOUSING_SECTOR:{code}" for code in ("1", "2", "99")
)
NORTH_EAST = "str:value:hb_new:V_F_HB_NEW:COA_CODE:V_REGION:E12000001"
JULY = "str:value:hb_new:F_HB_NEW_DATE:NEW_DATE_NAME:C_HB_NEW_DATE:202507"

TENURES = {"database": DATABASE, "dimensions": [[TENURE]]}


def mapped(*items, **more):
    """A query with that recode of tenure."""
    return TENURES | {"recodes": {TENURE: {"map": [*items], **more}}}


BODIES = {
    "nothing": (b"", "INVALID_JSON"),
    "blanks": (b" \n\t ", "INVALID_JSON"),
    "half an object": (b'{"database": "str:data', "INVALID_JSON"),
    "two objects": (b"{}{}", "INVALID_JSON"),
    "a comment": (b'{"database": 1 /* one */}', "INVALID_JSON"),
    "single quotes": (b"{'database': 'x'}", "INVALID_JSON"),
    "NaN": (b'{"database": NaN}', "INVALID_JSON"),
    "a number of 5,000 digits": (b'{"database": ' + b"9" * 5_000 + b"}", "INVALID_JSON"),
    "not UTF-8": (b'{"database": "\xff\xfe"}', "INVALID_JSON"),
    "latin-1": ('{"database": "é"}'.encode("latin-1"), "INVALID_JSON"),
    "a form": (b"database=str%3Adatabase%3Ahb_new", "INVALID_JSON"),
    "compressed": (b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "INVALID_JSON"),
    "a bare NUL": (b"\x00", "INVALID_JSON"),
    "nested 100,000 deep": (b"[" * 100_000 + b"]" * 100_000, "INVALID_JSON"),
    "objects 100,000 deep": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "INVALID_JSON"),
    "one name twice": (b'{"database": "x", "database": "y"}', "INVALID_JSON"),
    "null": (b"null", "INVALID_REQUEST"),
    "an array": (b"[]", "INVALID_REQUEST"),
    "an array in an array": (b"[[]]", "INVALID_REQUEST"),
    "a text": (b'"str:database:hb_new"', "INVALID_REQUEST"),
    "a number": (b"7", "INVALID_REQUEST"),
    "an empty object": (b"{}", "INVALID_REQUEST"),
    "no database": ({"measures": [COUNT]}, "INVALID_REQUEST"),
    "a database of null": ({"database": None}, "INVALID_REQUEST"),
    "a database of arrays": ({"database": [DATABASE]}, "INVALID_REQUEST"),
    "a member nobody knows": (TENURES | {"recode": {}}, "INVALID_REQUEST"),
    "measures that are one text": (TENURES | {"measures": COUNT}, "INVALID_REQUEST"),
    "dimensions that are flat": (TENURES | {"dimensions": [TENURE]}, "INVALID_REQUEST"),
    "dimensions three deep": (TENURES | {"dimensions": [[[TENURE]]]}, "INVALID_REQUEST"),
    "a dimension of null": (TENURES | {"dimensions": [[None]]}, "INVALID_REQUEST"),
    "a dimension that is null": (TENURES | {"dimensions": [None]}, "INVALID_REQUEST"),
    "recodes that are an array": (TENURES | {"recodes": []}, "INVALID_REQUEST"),
    "a total that is a text": (TENURES | {"recodes": {TENURE: {"total": "true"}}}, "INVALID_REQUEST"),
    "a flat map": (TENURES | {"recodes": {TENURE: {"map": [SOCIAL]}}}, "INVALID_REQUEST"),
    "a thousand equal dimensions": (TENURES | {"dimensions": [[TENURE]] * 1_000}, "INVALID_REQUEST"),
    "a thousand dimensions in one": (TENURES | {"dimensions": [[TENURE] * 1_000]}, "INVALID_REQUEST"),
    "a field and its valueset": ({"database": DATABASE, "dimensions": [[AREA], [LA]]}, "INVALID_REQUEST"),
    "a thousand unknown dimensions": (
        {"database": DATABASE, "dimensions": [[f"{TENURE}{n}"] for n in range(1_000)]},
        "SCHEMA_COMPONENT_NOT_FOUND",
    ),
    "a measure for a dimension": (TENURES | {"dimensions": [[COUNT]]}, "SCHEMA_COMPONENT_NOT_FOUND"),
    "a field for a measure": (TENURES | {"measures": [TENURE]}, "SCHEMA_COMPONENT_NOT_FOUND"),
    "a value for a dimension": (TENURES | {"dimensions": [[SOCIAL]]}, "SCHEMA_COMPONENT_NOT_FOUND"),
    "another field's value": (mapped([JULY]), "SCHEMA_COMPONENT_NOT_FOUND"),
    "a NUL in an id": (TENURES | {"dimensions": [[f"{TENURE}\x00"]]}, "SCHEMA_COMPONENT_NOT_FOUND"),
    "half a surrogate pair": (TENURES | {"dimensions": [["\ud800"]]}, "SCHEMA_COMPONENT_NOT_FOUND"),
    "half a pair for a database": ({"database": "str:database:\udfff"}, "SCHEMA_COMPONENT_NOT_FOUND"),
    "an id of a megabyte": (TENURES | {"dimensions": [["x" * 1_000_000]]}, "SCHEMA_COMPONENT_NOT_FOUND"),
    "an unknown statistic": (TENURES | {"measures": [MEAN.replace("MEAN", "MODE")]}, "STATISTIC_NOT_AVAILABLE"),
    "an item of nothing": (mapped([]), "INVALID_RECODE"),
    "a value twice in an item": (mapped([SOCIAL, SOCIAL]), "INVALID_RECODE"),
    "a recode of what is no dimension": (TENURES | {"recodes": {AREA: {"total": True}}}, "INVALID_RECODE"),
    "a field recoded beside its valueset": (
        {"database": DATABASE, "dimensions": [[LA]], "recodes": {AREA: {"total": True}}},
        "DUPLICATE_RECODES",
    ),
    "a valueset recoded beside its field": (
        {"database": DATABASE, "dimensions": [[AREA]], "recodes": {LA: {"total": True}}},
        "DUPLICATE_RECODES",
    ),
    "both recoded": (
        {"database": DATABASE, "dimensions": [[LA]], "recodes": {LA: {"total": True}, AREA: {"total": True}}},
        "DUPLICATE_RECODES",
    ),
}  # fmt: skip


def refused_in_form(response):
    """The type of a refusal, which has to have this dialect's form and be short."""
    told = response.json()
    assert list(told) == ["message", "errorType", "component"]
    assert all(isinstance(member, str) for member in told.values())
    assert len(response.content) < 3_000
    assert response.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert told["message"].rstrip("?").endswith((".", ":1", "_")) or "Did you mean" in told["message"]
    return told["errorType"]


@pytest.mark.parametrize("path", ["/table", "/table/sparse"])
@pytest.mark.parametrize(("body", "error_type"), BODIES.values(), ids=BODIES)
def test_a_bad_body_is_refused_clearly(post, caplog, path, body, error_type):
    """400, of its type, logged at most once and without a word of the body; the next request is answered."""
    with caplog.at_level(logging.INFO):
        response = post(body, path)
    assert response.status_code == 400
    assert refused_in_form(response) == error_type
    assert len(caplog.records) <= 1
    for secret in (TENURE, "hb_new", "Traceback"):
        assert secret not in caplog.text
    assert post(TENURES).status_code == 200


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("str:database:HB_NEW", DATABASE),
        ("str:database:hb_now", DATABASE),
        ("str:count:hb_new:F_HB", COUNT),
        ("str:measure:hb_new:V_F_HB_NEW:LAHBAM", MEASURE),
        ("str:statfn:hb_new:V_F_HB_NEW:LAHBAMNT:MEAN", MEAN),
        ("str:field:hb_new:V_F_HB_NEW:tenure_pub", TENURE),
        ("str:field:hb_new:F_OTHER:TENURE_PUB", TENURE),
        ("str:valueset:hb_new:V_F_HB_NEW:COA_CODE:V_LAS", LA),
        ("str:value:hb_new:V_F_HB_NEW:TENURE_PUB:C_SECTOR:1", SOCIAL),
        (NORTH_EAST.replace("V_REGION", "V_LA"), NORTH_EAST),
        ("str:value:hb_new:V_F_HB_NEW:TENURE_PUB:C_HOUSING_SECTOR:Private", PRIVATE),
    ],
)  # fmt: skip
def test_the_nearest_real_id_is_named(get, asked, meant):
    """A wrong letter, case, table or level: the message says what was meant, and still begins as captured."""
    told = get(f"/schema/{asked}").json()
    assert told["message"] == f"Could not find the requested component: {asked}. Did you mean {meant}?"
    assert told["component"] == asked
    assert get(f"/schema/{meant}").status_code == 200


def test_nothing_is_guessed_where_nothing_is_like_it(get):
    """The captured sentence, and no more."""
    for asked in ("invalid_uri", "str:field:hb_new:T:QQQQQ", "str:database:zzz", "str:count:zzz:T", "str:group:x:y"):
        assert get(f"/schema/{asked}").json()["message"] == f"Could not find the requested component: {asked}."


def test_a_database_not_yet_public_is_like_one_that_does_not_exist(get, post, home):
    """A folder without a release that answers: the same refusal, to the letter, and it is never suggested."""
    (home.path / "databases" / "zz_secret").mkdir()
    try:
        for name in ("zz_secret", "qq_absent"):
            uri = f"str:database:{name}"
            for response in (get(f"/schema/{uri}"), post({"database": uri}), get(f"/schema/str:count:{name}:T")):
                assert response.status_code == 400
                assert response.json()["errorType"] == "SCHEMA_COMPONENT_NOT_FOUND"
            assert get(f"/schema/{uri}").json()["message"] == f"Could not find the requested component: {uri}."
        told = get("/schema/str:database:zz_secrets").json()["message"]
        assert told == "Could not find the requested component: str:database:zz_secrets."
        assert get("/table/saved/str:table:zz_secret.x").json()["errorType"] == "TXD_NOT_FOUND"
    finally:
        (home.path / "databases" / "zz_secret").rmdir()


@pytest.mark.parametrize("header", ["", "0" * 64, "é", "\x01", "a" * 5_000, "' OR 1=1 --", "%00"])
def test_a_key_that_is_none_is_refused(client, get, header):
    """401 in the dialect's form, without the key in it."""
    for path in ("/schema", "/rate_limit", "/table/saved/str:table:hb_new.tenure"):
        response = client.get(f"{BASE}{path}", headers={"APIKey": header})
        assert (response.status_code, refused_in_form(response)) == (401, "API_KEY_REQUIRED")
        assert not header or header not in response.content.decode()


def test_a_key_taken_back_is_refused_like_one_never_given(get, key):
    """To the letter."""
    keys.revoke(name="a program")
    revoked = get("/schema")
    assert (revoked.status_code, revoked.content) == (401, get("/schema", APIKey="0" * 64).content)


@pytest.mark.parametrize(
    "query", ["offset=-1", "offset=x", "limit=1e3", "limit=" + "9" * 400, "depth=all", "depth=", "offset=%00", "x=%FF"]
)
def test_parameters_of_the_schema(get, query):
    """Those not understood are refused by name, those not known ignored."""
    response = get(f"/schema/{DATABASE}?{query}")
    assert response.status_code in (200, 400)
    if response.status_code == 400:
        assert refused_in_form(response) == "INVALID_REQUEST"


def test_an_address_of_too_many_parts_is_refused(get):
    """In the dialect's form, as everything else."""
    response = get("/schema?" + "&".join(f"a{n}=1" for n in range(25_000)))
    assert (response.status_code, refused_in_form(response)) == (400, "INVALID_REQUEST")


def test_a_body_that_breaks_off_is_refused(post, monkeypatch):
    """The asker is gone; nothing of it is a fault of the site's."""

    def broken(*_):
        raise UnreadablePostError("connection reset")

    monkeypatch.setattr(HttpRequest, "read", broken)
    response = post(TENURES)
    assert (response.status_code, refused_in_form(response)) == (400, "INVALID_REQUEST")


# --- whatever is sent -------------------------------------------------------------------------------------------------

VALID = (
    TENURES,
    {"database": DATABASE, "measures": [COUNT, MEAN], "dimensions": [[AREA], [TENURE]]},
    {"database": DATABASE, "dimensions": [[LA, DATE]], "recodes": {LA: {"total": True}, DATE: {"map": [[JULY]]}}},
    mapped([SOCIAL], [PRIVATE, NOBODY], total=True),
)
IDS = (DATABASE, COUNT, MEASURE, MEAN, DATE, AREA, TENURE, LA, SOCIAL, PRIVATE, NOBODY, JULY)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(IDS),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(IDS) | st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


def places(value, path=()):
    """Every place in a JSON value, itself first."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in inner:
        yield from places(part, (*path, name))


def with_other(value, path, other):
    """A JSON value with another in that place."""
    if not path:
        return other
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = with_other(value[path[0]], path[1:], other)
    return copy


@st.composite
def mutated(draw):
    """A valid query in which one to four places were changed."""
    query = draw(st.sampled_from(VALID))
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from([*places(query)]))
        found = query
        for name in path:
            found = found[name]
        others = [JUNK, st.just([found]), st.just([found, found])]
        if isinstance(found, str):
            cut = draw(st.integers(0, len(found)))
            others += [st.just(found[:cut]), st.just(f"{found[:cut]}:{found[cut:]}"), st.just(found.swapcase())]
        if isinstance(found, list):
            others += [st.just(found[1:]), st.just(found * 2), st.permutations(found)]
        query = with_other(query, path, draw(st.one_of(others)))
    return query


@st.composite
def torn(draw):
    """The bytes of a valid query, some of them others or gone."""
    data = bytearray(json.dumps(draw(st.sampled_from(VALID))).encode())
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data) - 1))
        data[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(data)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(body=mutated() | torn(), path=st.sampled_from(["/table", "/table/sparse"]))
def test_no_changed_query_makes_the_site_fail(post, body, path):
    """A table, or a refusal in the dialect's form: never a 5xx, and never a small number."""
    response = post(body, path)
    answer = response.json()
    if response.status_code == 200:
        assert list(answer) == ["query", "database", "measures", "fields", "cubes", "annotationMap"]
    else:
        assert response.status_code in (400, 422)
        assert refused_in_form(response)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(
    component=st.sampled_from(IDS).flatmap(lambda id_: st.text(max_size=5).map(lambda more: id_ + more)) | st.text(),
    where=st.sampled_from(["schema", "table/saved"]),
)
def test_no_address_makes_the_site_fail(get, component, where):
    """Whatever stands for an id."""
    response = get(f"/{where}/{quote(component, safe='', errors='surrogatepass')}")
    assert response.status_code == 200 or (
        (response.status_code, refused_in_form(response))
        in {(400, "SCHEMA_COMPONENT_NOT_FOUND"), (400, "TXD_NOT_FOUND"), (404, "ENDPOINT_NOT_FOUND")}
    )


# --- on the production server -----------------------------------------------------------------------------------------


@pytest.fixture
def send(address, live_key):
    """``send(chunks, **headers)``: a body in pieces to ``/table`` of the live site; the status and body, or None where
    the connection was closed before there was an answer.
    """
    parts = urlsplit(address)

    def sent(chunks, **headers):
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        connection.putrequest("POST", f"{parts.path}table")
        for name, value in {"APIKey": live_key, **headers}.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        with suppress(BrokenPipeError, ConnectionResetError):
            for chunk in chunks:
                connection.send(chunk)
        try:
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        except (ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected):
            return None
        finally:
            connection.close()

    return sent


MEGABYTE = b" " * 2**20


def test_fifty_megabytes_are_refused_and_the_site_stays_up(send):
    """413, with a length before and in pieces without one; then an ordinary table is answered."""
    whole = send([MEGABYTE] * 50, Content_Length=str(50 * 2**20))
    in_pieces = send(
        (piece for _ in range(50) for piece in (b"100000\r\n", MEGABYTE, b"\r\n")), Transfer_Encoding="chunked"
    )
    for answer in (whole, in_pieces):
        assert answer is None or (answer[0], answer[1]["errorType"]) == (413, "REQUEST_TOO_LARGE")
    body = json.dumps(TENURES).encode()
    assert send([body], Content_Length=str(len(body)))[0] == 200


STRANGE = {
    "8 MiB of brackets": b"[" * routes.LARGEST_BODY,
    "a million objects": b'{"a":' * 1_000_000,
    "NULs": b"\x00" * 1_000,
    "not UTF-8": b"\xff" * 1_000,
    "an endless text": b'"' + b"\\u0000" * 100_000,
}


@pytest.mark.parametrize("body", STRANGE.values(), ids=STRANGE)
def test_deep_and_strange_bodies_leave_the_site_up(send, body):
    """A refusal, and an ordinary table after it."""
    status, told = send([body], Content_Length=str(len(body)))
    assert (status, told["errorType"]) == (400, "INVALID_JSON")
    body = json.dumps(TENURES).encode()
    assert send([body], Content_Length=str(len(body)))[0] == 200


@pytest.mark.parametrize("n", [1_000, 100_000, 10_000_000])
def test_an_address_of_any_length_leaves_the_site_up(send, address, live_key, n):
    """A refusal or a closed connection, and an ordinary table after it."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    with suppress(BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
        connection.request("GET", f"{parts.path}schema/str:database:{'x' * n}", headers={"APIKey": live_key})
        assert 400 <= connection.getresponse().status < 500
    connection.close()
    body = json.dumps(TENURES).encode()
    assert send([body], Content_Length=str(len(body)))[0] == 200


def test_a_body_shorter_than_announced_harms_nobody(send, address, live_key):
    """The connection ends; others are answered."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    connection.putrequest("POST", f"{parts.path}table")
    connection.putheader("APIKey", live_key)
    connection.putheader("Content-Length", "1000")
    connection.endheaders(b"{")
    connection.close()
    body = json.dumps(TENURES).encode()
    assert send([body], Content_Length=str(len(body)))[0] == 200
