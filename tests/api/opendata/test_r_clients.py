"""Clients written in R, re-enacted on the wire: what they send, byte for byte, and what they take out of the answers.

R and its packages are not here to be run, so each step does in Python what the package does in R: the same requests
with the headers of httr, the same parts of the answers by the same names and positions. Where R would stop with an
error, an assertion stands.
"""

import gzip
import http.client
import json
import re
from collections.abc import Mapping
from itertools import product
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np
import pytest

DATABASE = "str:database:hb_new"
COUNT = "str:count:hb_new:V_F_HB_NEW"
MEAN = "str:statfn:hb_new:V_F_HB_NEW:LAHBAMT:MEAN"
DATE = "str:field:hb_new:F_HB_NEW_DATE:NEW_DATE_NAME"
AREA = "str:field:hb_new:V_F_HB_NEW:COA_CODE"
TENURE = "str:field:hb_new:V_F_HB_NEW:TENURE_PUB"
OFFICE = "str:field:hb_new:V_F_HB_NEW:OFFICE"

HTTR = {
    "User-Agent": "libcurl/8.5.0 r-curl/5.2.1 httr/1.4.7",
    "Accept-Encoding": "deflate, gzip, br, zstd",
    "Accept": "application/json, text/xml, application/xml, */*",
}


class Response(NamedTuple):
    """What httr gives: the status, the headers by lower-case name, the text."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def content(self):
        """``httr::content``: parsed where the type is JSON, which it must be."""
        assert self.headers["content-type"].partition(";")[0] == "application/json"
        return json.loads(self.text)


@pytest.fixture
def httr(address, live_key):
    """``httr(method, path or address, body, **headers)``: a request with the headers of httr and those given alone."""

    def sent(method, where, body=None, **headers):
        parts = urlsplit(where if where.startswith("http") else f"{address}{where}")
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.putrequest(method, target, skip_accept_encoding=True)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in {**HTTR, "APIKey": live_key, **named}.items():
            connection.putheader(name, value)
        data = body.encode() if body is not None else None
        if data is not None:
            connection.putheader("Content-Length", str(len(data)))
        connection.endheaders(data)
        response = connection.getresponse()
        raw, found = response.read(), {name.lower(): value for name, value in response.getheaders()}
        connection.close()
        text = (gzip.decompress(raw) if found.get("content-encoding") == "gzip" else raw).decode()
        return Response(response.status, found, text)

    return sent


def unlist(nested):
    """``unlist``: depth first, nulls dropped."""
    if isinstance(nested, list):
        return [leaf for part in nested for leaf in unlist(part)]
    return [] if nested is None else [nested]


# --- dwpstat ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def dwp_get_data(httr):
    """A table by column, row and wafer: to ``/table/``, no Content-Type, one line of JSON, no recodes."""

    def got(measures, column, row=None, wafer=None):
        body = {"database": DATABASE, "measures": measures, "dimensions": [d for d in (column, row, wafer) if d]}
        return httr("POST", "table/", json.dumps(body, separators=(",", ":")))

    return got


def test_dwpstat_gets_six_members_and_a_matrix(dwp_get_data):
    """Its own test: six members, four in the query, fields that make a data frame, values that make a matrix."""
    z = dwp_get_data([COUNT], [TENURE]).content
    assert len(z) == 6
    assert len(z["query"]) == 4
    assert len({frozenset(field) - {"annotationKeys"} for field in z["fields"]}) == 1
    assert np.ndim(z["cubes"][COUNT]["values"]) == 2


def test_dwpstat_stands_several_fields_on_the_columns(dwp_get_data):
    """Axes in the order of the flattened arrays: columns, row, wafer."""
    z = dwp_get_data([COUNT], [DATE, TENURE], [AREA])
    assert z.status == 200
    assert z.content["query"]["dimensions"] == [[DATE, TENURE], [AREA]]
    assert np.shape(z.content["cubes"][COUNT]["values"]) == (3, 3, 2)


def test_dwpstat_makes_a_tibble_of_the_schema(httr):
    """Four columns of each child, with and without ``str:`` before the id; unknown ids are status 400."""
    for id_ in ("", "/str:folder:fHousing+Benefit", f"/{DATABASE}", f"/{TENURE}"):
        children = httr("GET", f"schema{id_}").content["children"]
        assert children
        assert all(isinstance(child[name], str) for child in children for name in ("id", "label", "location", "type"))
    assert httr("GET", "schema/str:r:database:hb_new").status == 400


def test_dwpstat_reads_the_rate_limit_from_headers_and_body(httr):
    """One version reads headers of ``/rate_limit``, another its body: three numbers in an order."""
    response = httr("GET", "rate_limit")
    assert list(response.content) == ["remaining", "reset", "limit"]
    told = [response.headers[f"x-ratelimit{part}"] for part in ("-remaining", "-reset", "")]
    assert [int(text) for text in told] == list(response.content.values())


def test_dwpstat_gets_one_member_of_info(httr):
    """Its own test: a list of length 1."""
    assert len(httr("GET", "info").content) == 1


# --- statxplorer ------------------------------------------------------------------------------------------------------

QUERY = """{
  "database" : "str:database:hb_new",
  "measures" : [ "%s", "%s" ],
  "recodes" : {
    "%s" : {
      "map" : [ [ "str:value:hb_new:V_F_HB_NEW:COA_CODE:V_REGION:E12000001" ],
                [ "str:value:hb_new:V_F_HB_NEW:COA_CODE:V_REGION:E12000002" ] ],
      "total" : true
    }
  },
  "dimensions" : [ [ "%s" ], [ "%s" ], [ "%s" ] ]
}
""" % (COUNT, MEAN, AREA, AREA, DATE, TENURE)  # noqa: UP031 - braces are JSON's
"""A file as the web page saves it."""


@pytest.fixture
def fetch_table(httr):
    """The text of a file to ``/table`` as JSON; the measures, fields, items, uris and data frames of the answer."""

    def fetched(query):
        response = httr("POST", "table", query, Content_Type="application/json")
        assert response.status == 200
        answer = response.content
        fields = [field["label"] for field in answer["fields"]]
        items = [unlist([item["labels"] for item in field["items"]]) for field in answer["fields"]]
        uris = [unlist([item.get("uris") for item in field["items"]]) for field in answer["fields"]]
        rows = [*product(*items)]
        frames = {}
        for n, measure in enumerate(answer["measures"]):
            values = unlist(next(iter([*answer["cubes"].values()][n].values())))  # json$cubes[[i]][[1]]
            assert len(rows) == len(values), f"there are {len(rows)} item combinations but {len(values)} values"
            frames[measure["label"]] = values
        return fields, items, uris, frames

    return fetched


def test_statxplorer_makes_a_data_frame_of_each_measure(fetch_table):
    """Labels by labels, as many values as combinations, the count and the mean beside each other."""
    fields, items, _, frames = fetch_table(QUERY)
    assert fields == ["National - Regional - LA - OAs", "Month", "Private or Social Rented"]
    assert len(set(fields)) == len(fields)
    assert [len(of_field) for of_field in items] == [3, 3, 3]
    # tidyr::crossing drops what is there twice.
    assert all(len(set(of_field)) == len(of_field) for of_field in items)
    assert list(frames) == ["Housing Benefit Claimants", "Mean of Weekly Award Amount"]
    assert {len(values) for values in frames.values()} == {27}


def test_statxplorer_adds_codes(fetch_table):
    """The last part of each uri, and "Total" where there is one uri less than items."""
    _, items, uris, _ = fetch_table(QUERY)
    codes = [[uri.split(":")[-1] for uri in of_field] for of_field in uris]
    assert codes[0] == ["E12000001", "E12000002"]
    assert [len(of_items) - len(of_uris) for of_items, of_uris in zip(items, codes, strict=True)] == [1, 0, 0]
    assert items[0][-1] == "Total"


def test_statxplorer_raises_with_the_text_of_a_refusal(httr):
    """What the user reads is the body: it has to say what is wrong."""
    response = httr("POST", "table", QUERY.replace("TENURE_PUB", "TENURE_PBU"), Content_Type="application/json")
    assert response.status == 400
    assert "TENURE_PBU" in response.text
    assert "Did you mean str:field:hb_new:V_F_HB_NEW:TENURE_PUB?" in response.text


def test_statxplorer_checks_the_api_with_info(httr):
    """A GET that carries a Content-Type."""
    assert httr("GET", "info", Content_Type="application/json").status == 200


# --- statxplorerplus --------------------------------------------------------------------------------------------------


@pytest.fixture
def get_schema_info(httr):
    """A tibble row for each child, parents crossed with children, following ``Link`` for at most ten pages."""

    def got(url, pages=10):
        found = []
        for _ in range(pages):
            response = httr("GET", url)
            assert response.status == 200
            data = response.content
            parent = {name: value for name, value in data.items() if name != "children"}
            assert not any(isinstance(value, list | dict) for value in parent.values()), "rows would be multiplied"
            found += [
                parent | {f"child_{name}": value for name, value in child.items()}
                for child in data.get("children") or [{}]
            ]
            link = response.headers.get("link", "")
            if 'rel="next"' not in link:
                return found
            url = re.search('<([^>]+)>; rel="next"', link).group(1)
        raise AssertionError("more pages than asked for")

    return got


def test_statxplorerplus_lists_the_databases(get_schema_info, address):
    """Ten levels of folders by their locations."""
    paths, databases = [f"{address}schema"], []
    for _ in range(10):
        level = [row for path in paths for row in get_schema_info(path)]
        paths = [row["child_location"] for row in level if row.get("child_type") == "FOLDER"]
        databases += [row["child_label"] for row in level if row.get("child_type") == "DATABASE"]
    assert databases == ["Housing Benefit"]


def test_statxplorerplus_follows_pages(get_schema_info, address):
    """A hundred and then twenty areas."""
    rows = get_schema_info(f"{address}schema/str:valueset:hb_new:V_F_HB_NEW:COA_CODE:V_LA")
    assert len(rows) == len({row["child_id"] for row in rows}) == 120


def test_statxplorerplus_finds_the_months_and_their_valueset(get_schema_info, address):
    """The date is known by its id, its months by what lubridate can read; a value's valueset by its id alone."""
    assert re.search("(?i)date|quarter|month|time", DATE)
    [valueset] = get_schema_info(f"{address}schema/{DATE}")
    values = get_schema_info(valueset["child_location"])
    assert [row["child_label"] for row in values] == ["July 2025", "August 2025", "September 2025"]
    for row in values:
        above = row["child_id"].rpartition(":")[0].replace("value", "valueset", 1)
        assert above == valueset["child_id"]


# --- piersyork/statxplore ---------------------------------------------------------------------------------------------


def test_piersyork_takes_ids_out_of_locations(httr, address):
    """Folder, database and fields by label; ids are what stands behind a fixed beginning of their locations."""

    def get_schema(url):
        return {child["label"]: child["location"] for child in httr("GET", url).content["children"]}

    folder = get_schema(f"{address}schema")["Housing Benefit"]
    database = get_schema(folder)["Housing Benefit"]
    fields = {label: location.replace(f"{address}schema/", "") for label, location in get_schema(database).items()}
    assert fields["Private or Social Rented"] == TENURE
    body = (
        f'{{"database" : "{database.replace(f"{address}schema/", "")}",\n'
        f'"measures" : [ "{fields["Housing Benefit Claimants"]}" ],\n'
        f'"dimensions" : [[ "{fields["Month"]}" ], [ "{fields["Private or Social Rented"]}" ]]}}'
    )
    answer = httr("POST", "table", body).content  # a bare body: httr sends no Content-Type
    items = [unlist([item["labels"] for item in field["items"]]) for field in answer["fields"]]
    values = unlist(next(iter(next(iter(answer["cubes"].values())).values())))  # cubes[[1]][[1]]
    assert len([*product(*items)]) == len(values) == 9


# --- STATcubeR --------------------------------------------------------------------------------------------------------

STATCUBER = {"Accept_Language": "en", "Content_Type": "application/json"}


@pytest.fixture
def sc_table_custom(httr):
    """A table by ids: pretty JSON, ``measures`` and ``dimensions`` perhaps empty, a total on each dimension."""

    def got(measures=(), dimensions=(), recodes=None):
        body = {"database": DATABASE, "measures": [*measures], "dimensions": [[uri] for uri in dimensions]}
        if recodes is None:
            # The totals that it adds by default name every dimension, the date too.
            recodes = {uri: {"total": True} for uri in dimensions}
        if recodes:
            body["recodes"] = recodes
        return httr("POST", "table", json.dumps(body, indent=2), **STATCUBER)

    return got


def test_statcuber_gets_a_default_table(sc_table_custom, shared, capture):
    """Nothing but a database: the members captured from a real server, in their order."""
    answer = sc_table_custom().content
    captured = capture(shared / "samples/table/statcube_default_query_mandatory_field_only.json")
    assert list(answer) == list(captured)
    for member in ("query", "database"):
        assert list(answer[member]) == list(captured[member])
    assert [list(measure) for measure in answer["measures"]] == [list(measure) for measure in captured["measures"]]
    assert [list(item) for item in answer["fields"][0]["items"]] == [["type", "uris", "labels"]]


def test_statcuber_makes_a_data_frame_with_totals_and_annotations(sc_table_custom):
    """A row for each item of a model matrix; values by position; the language of the labels from a header."""
    response = sc_table_custom([COUNT, MEAN], [DATE, TENURE])
    assert response.headers["content-language"] == "en"
    answer = response.content
    dims = [len(field["items"]) for field in answer["fields"]]
    assert dims == [4, 4]
    for n, measure in enumerate(answer["measures"]):
        assert {"label", "measure", "function"} <= {*measure}
        cube = [*answer["cubes"].values()][n]
        assert len(unlist(cube["values"])) == 16
        assert isinstance(cube["precision"], int)
        assert "annotations" not in cube or np.shape(cube["annotations"])[:2] == (4, 4)
    for field in answer["fields"]:
        # get_var_code(item$uris[[1]]): the last part, nothing for the total.
        codes = [item.get("uris", [""])[0].split(":")[-1] for item in field["items"]]
        assert codes[-1] == ""
        assert field["items"][-1]["labels"] == ["Total"]


def test_statcuber_recodes(sc_table_custom):
    """Groups in lists of lists, totals of what is mapped."""
    value = f"{TENURE}:C_HOUSING_SECTOR:".replace("field", "value")
    recodes = {TENURE: {"map": [[f"{value}1"], [f"{value}2", f"{value}99"]], "total": True}}
    answer = sc_table_custom([COUNT], [TENURE], recodes).content
    assert [len(item.get("uris", ())) for item in answer["fields"][1]["items"]] == [1, 2, 0]


def test_statcuber_reads_the_limits(sc_table_custom, httr):
    """From the headers of a table, and from two endpoints."""
    headers = sc_table_custom().headers
    told = {name: int(headers[f"x-ratelimit{part}-table"]) for name, part in
            (("remaining", "-remaining"), ("limit", ""), ("reset", "-reset"))}  # fmt: skip
    asked = httr("GET", "rate_limit_table", **STATCUBER).content
    assert asked == told
    assert {*httr("GET", "rate_limit_schema", **STATCUBER).content} == {"remaining", "limit", "reset"}


@pytest.mark.parametrize("depth", [None, "folder"])
def test_statcuber_prints_the_catalogue(httr, depth):
    """A nested list by label; every type is one it has a colour for."""
    known = {"FOLDER", "DATABASE", "TABLE", "GROUP", "FIELD", "VALUESET", "VALUE", "MEASURE", "STAT_FUNCTION", "COUNT"}
    root = httr("GET", "schema" + (f"?depth={depth}" if depth else ""), **STATCUBER).content
    types = [*types_in(root)]
    assert {*types} <= known
    assert ("DATABASE" in types) == (depth == "folder")


def types_in(node):
    """The types of a component and of all below."""
    yield node["type"]
    for child in node.get("children") or ():
        yield from types_in(child)


@pytest.mark.parametrize(("depth", "deepest"), [("field", "FIELD"), ("valueset", "VALUE")])
def test_statcuber_opens_a_database_at_a_depth(httr, depth, deepest):
    """To fields, or to values, all of them in one answer."""
    response = httr("GET", f"schema/{DATABASE}?depth={depth}", **STATCUBER)
    types = [*types_in(response.content)]
    assert deepest in types
    assert "link" not in response.headers
    if depth == "valueset":
        assert types.count("VALUE") == 2 + 120 + 3 + 3 + 2


def test_statcuber_gets_a_saved_table_by_its_short_id(httr):
    """The third part of the id between colons, to which it puts ``str:table:`` again."""
    folder = httr("GET", "schema/str:folder:fHousing+Benefit", **STATCUBER).content
    ids = [child["id"] for child in folder["children"] if child["type"] == "TABLE"]
    for table in ids:
        short = table.split(":")[2]
        answer = httr("GET", f"table/saved/str:table:{short}", **STATCUBER).content
        assert list(answer) == ["query", "database", "measures", "fields", "cubes", "annotationMap"]


def test_statcuber_tells_errors_by_their_json(httr, shared, capture):
    """It prints the body of a refusal, which must be JSON of type JSON; a key is valid where ``/info`` is 200."""
    for path, name in (
        ("schema/invalid_uri", "statcube_SCHEMA_COMPONENT_NOT_FOUND_400"),
        ("table/saved/str:table:invalid_uri", "statcube_TXD_NOT_FOUND_400"),
    ):
        response = httr("GET", path, **STATCUBER)
        assert (response.status, response.content) == (400, capture(shared / f"samples/errors/{name}.json"))
    assert httr("GET", "info", **STATCUBER).status == 200
    assert httr("GET", "info", **STATCUBER, APIKey="wrong").status == 401


# --- scripts in the browser -------------------------------------------------------------------------------------------


def test_a_script_of_another_site_may_ask(httr, address):
    """``fetch`` with a key: a preflight without it, then the request; the browser lets it read what it needs."""
    allowed = httr(
        "OPTIONS",
        "table",
        Origin="https://observablehq.com",
        Access_Control_Request_Method="POST",
        Access_Control_Request_Headers="apikey,content-type",
    )
    assert allowed.status == 204
    assert allowed.headers["access-control-allow-origin"] == "*"
    assert {"apikey", "content-type"} <= {*allowed.headers["access-control-allow-headers"].lower().split(", ")}
    body = json.dumps({"database": DATABASE})
    answer = httr("POST", "table", body, Origin="https://observablehq.com", Content_Type="application/json")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.content["cubes"]
