"""The contract of the Open Data API, section by section: endpoints, headers, limits, bodies, ids, schema, errors.

Sections are those of the page on which captured answers, the vendor's documents and clients' code were brought
together; what single clients break on stands in ``test_checklist``.
"""

import gzip
import json

import numpy as np
import pytest

from statlas.api.opendata import routes
from statlas.definitions.stat_xplore import ids

BASE = "/webapi/rest/v1"
DATABASE = "str:database:hb_new"
COUNT = "str:count:hb_new:V_F_HB_NEW"
MEASURE = "str:measure:hb_new:V_F_HB_NEW:LAHBAMT"
STATFN = "str:statfn:hb_new:V_F_HB_NEW:LAHBAMT"
DATE = "str:field:hb_new:F_HB_NEW_DATE:NEW_DATE_NAME"
AREA = "str:field:hb_new:V_F_HB_NEW:COA_CODE"
TENURE = "str:field:hb_new:V_F_HB_NEW:TENURE_PUB"
LA = "str:valueset:hb_new:V_F_HB_NEW:COA_CODE:V_LA"
REGION = "str:value:hb_new:V_F_HB_NEW:COA_CODE:V_REGION:E12000001"
AUTHORITY = "str:value:hb_new:V_F_HB_NEW:COA_CODE:V_LA:E08000001"
SOCIAL, PRIVATE = (f"str:value:hb_new:V_F_HB_NEW:TENURE_PUB:C_HOUSING_SECTOR:{code}" for code in "12")
TABLE = {"database": DATABASE, "dimensions": [[TENURE]]}

PATHS = [
    ("GET", "/info"),
    ("GET", "/schema"),
    ("GET", f"/schema/{TENURE}"),
    ("POST", "/table"),
    ("POST", "/table/sparse"),
    ("GET", "/table/saved/str:table:hb_new.tenure"),
    ("GET", "/rate_limit"),
    ("GET", "/rate_limit_schema"),
    ("GET", "/rate_limit_table"),
]


@pytest.fixture
def ask(get, post):
    """``ask(method, path)``: the answer, a table being asked for where a body is."""
    return lambda method, path, **headers: post(TABLE, path) if method == "POST" else get(path, **headers)


# --- 1.1 endpoints ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_1_1_every_endpoint_answers_with_json(ask, method, path):
    """And with nothing but JSON."""
    response = ask(method, path)
    assert response.status_code == 200
    assert isinstance(response.json(), dict)


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_1_1_every_endpoint_needs_a_key(client, get, method, path):
    """The rate limit too: it is that of a key."""
    response = getattr(client, method.lower())(f"{BASE}{path}", content_type="application/json")
    assert (response.status_code, response.json()["errorType"]) == (401, "API_KEY_REQUIRED")


# --- 1.2 headers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "de", "cy, en;q=0.5", "*", "x" * 300])
def test_1_2_there_is_one_language_whatever_is_asked_for(get, language):
    """Which the answer names."""
    response = get(f"/schema/{DATABASE}", **{"Accept-Language": language})
    assert (response.status_code, response.headers["Content-Language"]) == (200, "en")


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_1_2_everything_but_a_table_has_an_etag(ask, method, path):
    """And a table must not be kept by anybody else."""
    response = ask(method, path)
    assert ("ETag" in response.headers) == (not path.startswith("/table"))
    assert response.headers["Cache-Control"].startswith("private")
    assert not response.cookies


def test_1_2_a_compressed_answer_can_be_asked_for_again(get):
    """Its tag is weak, and is known again, compressed or not."""
    path = f"/schema/{LA}"
    response = get(path, **{"Accept-Encoding": "gzip"})
    assert json.loads(gzip.decompress(response.content))["id"] == LA
    for accepted in ("gzip", "identity"):
        again = get(path, **{"Accept-Encoding": accepted, "If-None-Match": response.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_1_2_the_page_after_a_page_keeps_what_was_asked(get):
    """Its own parameters and the others, in an address that is opaque to clients."""
    following = get(f"/schema/{LA}?limit=50&depth=valueset").headers["Link"]
    assert following == f'<http://testserver{BASE}/schema/{LA}?limit=50&depth=valueset&offset=50>; rel="next"'
    second = get(following.partition(BASE)[2].partition(">")[0])
    assert len(second.json()["children"]) == 50
    assert "offset=100" in second.headers["Link"]


# --- 1.4 the request --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "function"),
    [(COUNT, "COUNT"), (MEASURE, "SUM"), *((f"{STATFN}:{name}", name) for name in ("SUM", "MEAN", "MEDIAN"))],
)
def test_1_4_measures(post, asked, function):
    """A count, a statistic, and a bare measure for its first one: each answered under the id that was sent."""
    answer = post({"database": DATABASE, "measures": [asked]}).json()
    [measure] = answer["measures"]
    assert (measure["uri"], measure["function"]) == (asked, function)
    assert measure["measure"] == (COUNT if asked == COUNT else MEASURE)
    assert list(answer["cubes"]) == [asked]


def test_1_4_a_measure_twice_is_one_cube(post):
    """Objects hold a name once."""
    answer = post({"database": DATABASE, "measures": [COUNT, f"{STATFN}:SUM", MEASURE, COUNT]}).json()
    assert list(answer["cubes"]) == [COUNT, f"{STATFN}:SUM", MEASURE]
    assert answer["cubes"][MEASURE] == answer["cubes"][f"{STATFN}:SUM"]


def test_1_4_values_of_several_levels_stand_side_by_side(post):
    """A region beside one of its authorities."""
    body = {"database": DATABASE, "dimensions": [[AREA]], "recodes": {AREA: {"map": [[REGION], [AUTHORITY]]}}}
    [values] = post(body).json()["cubes"][COUNT]["values"]
    assert values[0] > 20 * values[1] > 0


def test_1_4_a_total_is_of_what_is_mapped(post):
    """Not of the whole field."""
    one = TABLE | {"recodes": {TENURE: {"map": [[SOCIAL]], "total": True}}}
    [[alone, total]] = post(one).json()["cubes"][COUNT]["values"]
    assert alone == total
    whole = TABLE | {"recodes": {TENURE: {"total": True}}}
    assert post(whole).json()["cubes"][COUNT]["values"][0][-1] > 1.5 * total


def test_1_4_axes_stand_in_the_order_of_the_flattened_dimensions(post):
    """However they are nested."""
    nestings = ([[LA, TENURE], [DATE]], [[LA], [TENURE], [DATE]], [[LA], [TENURE, DATE]])
    shapes = {np.shape(post(TABLE | {"dimensions": n}).json()["cubes"][COUNT]["values"]) for n in nestings}
    assert shapes == {(120, 3, 3)}


def test_1_4_without_its_recode_the_date_is_every_month(post):
    """As with an emptied ``map``; with neither dimension nor recode the latest."""
    for body in ({"dimensions": [[DATE]]}, {"dimensions": [[DATE]], "recodes": {DATE: {"map": []}}}):
        answer = post({"database": DATABASE, **body}).json()
        assert [item["labels"] for item in answer["fields"][0]["items"]] == [
            ["July 2025"],
            ["August 2025"],
            ["September 2025"],
        ]


# --- 1.5 the answer ---------------------------------------------------------------------------------------------------


def test_1_5_an_answer_is_complete(post):
    """Members in their order, every returned value in ``recodes`` though none was asked for."""
    answer = post(TABLE | {"measures": [COUNT, f"{STATFN}:MEAN"]}).json()
    assert list(answer) == ["query", "database", "measures", "fields", "cubes", "annotationMap"]
    assert list(answer["query"]) == ["database", "measures", "recodes", "dimensions"]
    assert list(answer["database"]) == ["id", "uri", "label", "annotationKeys"]
    assert [list(measure) for measure in answer["measures"]] == [["uri", "label", "measure", "function"]] * 2
    assert answer["measures"][1]["label"] == "Mean of Weekly Award Amount"
    for field in answer["fields"]:
        mapped = answer["query"]["recodes"][field["uri"]]["map"]
        assert mapped == [item["uris"] for item in field["items"]]
        assert {item["type"] for item in field["items"]} == {"RecodeItem"}


def test_1_5_only_notes_that_occur_are_told(post):
    """That of a field only where the field is."""
    assert "XXV" in post(TABLE).json()["annotationMap"]
    assert "XXV" not in post({"database": DATABASE}).json()["annotationMap"]


def test_1_5_annotations_of_cells_are_nested_like_values(post, get):
    """An array of keys or null for each; each key is explained."""
    answer = post(TABLE | {"measures": [f"{STATFN}:MEAN"], "dimensions": [[LA], [TENURE]]}).json()
    for cube in answer["cubes"].values():
        cells = cube.get("annotations")
        if cells is not None:
            assert np.shape(cells)[:3] == np.shape(cube["values"])
            keys = {key for area in cells for row in area for cell in row for key in cell or ()}
            assert keys <= set(answer["annotationMap"])


# --- 1.6 ids ----------------------------------------------------------------------------------------------------------


def test_1_6_a_value_without_its_last_part_is_its_valueset(get):
    """Clients cut ids up."""
    for level in get(f"/schema/{AREA}").json()["children"]:
        for value in get(f"/schema/{level['id']}").json()["children"]:
            assert value["id"].rpartition(":")[0].replace("str:value", "str:valueset") == level["id"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("str:value:D:T:F:V:a:b", ("D", "T", "F", "V", "a:b")),
        ("str:table:1529fb5c-8f71-425c-bc95-a017f6534c8f", ("1529fb5c-8f71-425c-bc95-a017f6534c8f",)),
        ("str:group:D:X_Geography+%28residence-based%29", ("D", "X_Geography+%28residence-based%29")),
        ("str:count:D", None),
        ("str:nothing:D", None),
        ("STR:database:D", None),
        ("str:field:D::F", None),
    ],
)
def test_1_6_what_an_id_names_says_how_many_parts_it_has(text, parts):
    """A code is everything behind the last part before it."""
    found = ids.parse(text)
    assert (found.parts if found else None) == parts


# --- 1.7 the schema ---------------------------------------------------------------------------------------------------


def test_1_7_what_stands_in_what(get):
    """Folders hold databases and tables, databases count, measures, groups and fields, and so on down to values."""
    below = {
        "FOLDER": {"FOLDER", "DATABASE", "TABLE"},
        "DATABASE": {"COUNT", "MEASURE", "GROUP", "FIELD"},
        "GROUP": {"FIELD"},
        "MEASURE": {"STAT_FUNCTION"},
        "FIELD": {"VALUESET"},
        "VALUESET": {"VALUE"},
    }
    ahead, met = ["/schema"], set()
    while ahead:
        node = get(ahead.pop()).json()
        types = {child["type"] for child in node.get("children", ())}
        assert types <= below.get(node["type"], set())
        assert ("children" in node) == (node["type"] in below)
        met.add(node["type"])
        ahead += [c["location"].partition(BASE)[2] for c in node.get("children", ())[:8]]
    assert met == {*below, "COUNT", "STAT_FUNCTION", "TABLE", "VALUE"}


def test_1_7_a_database_lists_count_measures_and_date_before_its_fields(get):
    """As clients that look for the first of each expect."""
    children = get(f"/schema/{DATABASE}").json()["children"]
    assert [child["type"] for child in children] == ["COUNT", "MEASURE", "FIELD", "GROUP", "FIELD", "FIELD"]
    assert [child["id"] for child in children][:3] == [COUNT, MEASURE, DATE]


def test_1_7_a_measure_has_its_statistics_as_children(get):
    """Each is an id that a table can be asked for."""
    children = get(f"/schema/{MEASURE}").json()["children"]
    assert [child["id"] for child in children] == [f"{STATFN}:{name}" for name in ("SUM", "MEAN", "MEDIAN")]
    assert {child["type"] for child in children} == {"STAT_FUNCTION"}


@pytest.mark.parametrize(
    ("path", "depth", "deepest"),
    [
        ("/schema", "folder", "DATABASE"),
        (f"/schema/{DATABASE}", "folder", "FIELD"),
        (f"/schema/{DATABASE}", "field", "VALUESET"),
        (f"/schema/{DATABASE}", "valueset", "VALUE"),
        (f"/schema/{AREA}", "valueset", "VALUE"),
    ],
)
def test_1_7_depth(get, path, depth, deepest):
    """Recurses to that type, in one answer."""

    def types(node):
        return {node["type"]}.union(*(types(child) for child in node.get("children", ())))

    assert deepest in types(get(f"{path}?depth={depth}").json())


def test_1_7_below_a_folder_only_folders_open(get):
    """The values of every database at once have no bound."""
    for depth in ("field", "valueset"):
        refused = get(f"/schema?depth={depth}")
        assert (refused.status_code, refused.json()["component"]) == (400, "depth")


# --- 1.8 errors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sample", "ask"),
    [
        ("SCHEMA_COMPONENT_NOT_FOUND", lambda get, _: get("/schema/invalid_uri")),
        ("TXD_NOT_FOUND", lambda get, _: get("/table/saved/str:table:invalid_uri")),
        ("CELL_COUNT", lambda _, post: post({"database": DATABASE, "dimensions": [[LA], [TENURE], [DATE]]})),
    ],
)
def test_1_8_errors_that_were_captured_are_repeated(get, post, shared, capture, monkeypatch, sample, ask):
    """Status, members in their order, and words; the numbers are ours."""
    monkeypatch.setattr(routes, "MOST_CELLS", 1_000)
    response = ask(get, post)
    captured = capture(shared / f"samples/errors/statcube_{sample}_400.json")
    told = response.json()
    assert (response.status_code, list(told)) == (400, list(captured))
    words = captured["message"].replace("1,000,000", "1,000").replace("21,976,902", "1,080")
    assert (told["message"], told["errorType"]) == (words, captured["errorType"])
