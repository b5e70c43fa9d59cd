"""The nineteen things that some program written for Stat-Xplore breaks on, one by one.

The items are those of the list that was made from captured answers and the code of clients, in its order.
"""

import json
import re
from urllib.parse import quote

import numpy as np
import pytest

from statlas.api.opendata import write
from statlas.service.office import keys

BASE = "/webapi/rest/v1"
DATABASE = "str:database:hb_new"
COUNT = "str:count:hb_new:V_F_HB_NEW"
MEAN = "str:statfn:hb_new:V_F_HB_NEW:LAHBAMT:MEAN"
DATE = "str:field:hb_new:F_HB_NEW_DATE:NEW_DATE_NAME"
AREA = "str:field:hb_new:V_F_HB_NEW:COA_CODE"
TENURE = "str:field:hb_new:V_F_HB_NEW:TENURE_PUB"
LA = "str:valueset:hb_new:V_F_HB_NEW:COA_CODE:V_LA"
GROUP = "str:group:hb_new:X_Geography+%28residence-based%29"


def value(code):
    """The id of a tenure."""
    return f"{TENURE}:C_HOUSING_SECTOR:{code}".replace("field", "value")


def every(node):
    """A component and all those in its answer."""
    yield node
    for child in node.get("children", ()):
        yield from every(child)


@pytest.mark.parametrize("path", ["/table", "/table/"])
def test_item_1_tables_are_asked_with_and_without_a_slash(post, path):
    """Under /webapi/rest/v1; dwpstat posts to /table/."""
    assert post({"database": DATABASE}, path).status_code == 200


@pytest.mark.parametrize("header", ["APIKey", "apiKey", "ApiKey", "APIKEY", "apikey"])
def test_item_2_the_key_in_any_case_and_no_content_type(client, key, get, header):
    """A body without a Content-Type is read, and a GET may carry one."""
    body = json.dumps({"database": DATABASE})
    assert client.post(f"{BASE}/table", body, content_type="", headers={header: key}).status_code == 200
    headers = {header: key, "Content-Type": "application/json"}
    assert client.get(f"{BASE}/schema", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("recodes", "n_tenures"),
    [
        (None, 3),
        ({}, 3),
        ({TENURE: None}, 3),
        ({TENURE: {}}, 3),
        ({TENURE: {"map": None}}, 3),
        ({TENURE: {"map": []}}, 3),
        ({TENURE: {"total": True}}, 4),
        ({TENURE: {"map": [], "total": True}}, 4),
    ],
)
def test_item_3_recodes_may_be_null_empty_or_without_a_map(post, recodes, n_tenures):
    """All values, with the total where it is asked for."""
    answer = post({"database": DATABASE, "dimensions": [[TENURE]], "recodes": recodes}).json()
    assert len(answer["fields"][1]["items"]) == n_tenures
    assert post({"database": DATABASE, "dimensions": [[TENURE]]}).status_code == 200


@pytest.mark.parametrize("dimensions", ["missing", None, [], [[]], [[], []]])
@pytest.mark.parametrize("measures", ["missing", None, []])
def test_item_4_no_dimensions_is_the_latest_date_of_the_default_measure(post, dimensions, measures):
    """One field of one item without a total; with another dimension it is the leading axis, of length 1."""
    given = {"dimensions": dimensions, "measures": measures}
    body = {"database": DATABASE} | {name: value for name, value in given.items() if value != "missing"}
    answer = post(body).json()
    assert [field["uri"] for field in answer["fields"]] == [DATE]
    assert [item["labels"] for item in answer["fields"][0]["items"]] == [["September 2025"]]
    assert list(answer["cubes"]) == [COUNT]
    assert answer["query"]["recodes"][DATE]["total"] is False
    with_another = post(body | {"dimensions": [[TENURE]]}).json()
    assert np.shape(with_another["cubes"][COUNT]["values"]) == (1, 3)


def test_item_5_a_valueset_may_be_a_dimension(post):
    """Its id is that of the field in the answer, the key of its recode, and its label is the field's."""
    answer = post({"database": DATABASE, "dimensions": [[LA]]}).json()
    assert answer["fields"][1]["uri"] == LA
    assert answer["fields"][1]["label"] == "National - Regional - LA - OAs"
    assert list(answer["query"]["recodes"]) == [DATE, LA]
    assert answer["query"]["dimensions"] == [[DATE], [LA]]


def test_item_6_values_are_first_and_cubes_in_the_order_of_measures(post):
    """R reads them by position."""
    for asked in ([COUNT, MEAN], [MEAN, COUNT]):
        answer = post({"database": DATABASE, "dimensions": [[TENURE]], "measures": asked}).json()
        assert list(answer["cubes"]) == [measure["uri"] for measure in answer["measures"]] == asked
        assert {next(iter(cube)) for cube in answer["cubes"].values()} == {"values"}
    assert list(answer) == ["query", "database", "measures", "fields", "cubes", "annotationMap"]


def test_item_7_values_are_numbers_in_a_rectangle(post):
    """No text, no null, 0 where nothing is printed; as many as the items multiply to."""
    body = {"database": DATABASE, "dimensions": [[LA], [TENURE]], "measures": [COUNT, MEAN]}
    answer = post(body).json()
    shape = tuple(len(field["items"]) for field in answer["fields"])
    for cube in answer["cubes"].values():
        found = np.asarray(cube["values"])
        assert found.shape == shape == (1, 120, 3)
        assert found.dtype.kind in "if"
        assert (found[..., 2] == 0).all()
    assert np.asarray(answer["cubes"][COUNT]["values"]).dtype.kind == "i"


def test_item_8_a_total_has_no_uris_and_is_last(post):
    """``{"type": "Total", "labels": ["Total"]}`` and no more."""
    answer = post({"database": DATABASE, "dimensions": [[TENURE]], "recodes": {TENURE: {"total": True}}}).json()
    items = answer["fields"][1]["items"]
    assert items[-1] == {"type": "Total", "labels": ["Total"]}
    assert all("uris" in item for item in items[:-1])
    # Clients count: as many labels as uris but for the total.
    assert sum(len(item["labels"]) for item in items) == sum(len(item.get("uris", ())) for item in items) + 1


def test_item_9_a_group_is_one_item_with_the_labels_of_its_members(post):
    """Several uris, several labels, no name of its own, and still a ``RecodeItem``."""
    recodes = {TENURE: {"map": [[value(1), value(99)], [value(2)]]}}
    answer = post({"database": DATABASE, "dimensions": [[TENURE]], "recodes": recodes}).json()
    group, alone = answer["fields"][1]["items"]
    assert group == {"type": "RecodeItem", "uris": [value(1), value(99)], "labels": ["Social", "Unknown"]}
    assert alone == {"type": "RecodeItem", "uris": [value(2)], "labels": ["Private"]}


def test_item_10_annotations_are_there_even_where_there_are_none(post, make_cube, hb, dimension):
    """``annotationMap`` and the database's ``annotationKeys`` always, those of fields and items only where some are."""
    answer = post({"database": DATABASE, "dimensions": [[AREA], [TENURE]]}).json()
    assert {*answer["database"]["annotationKeys"], "XXV"} == set(answer["annotationMap"])
    date, area, tenure = answer["fields"]
    assert tenure["annotationKeys"] == ["XXV"]
    assert not {"annotationKeys"} & {*date, *area, *(key for item in area["items"] for key in item)}
    without = write.content(make_cube(hb, [dimension(hb.date, [])], np.zeros((0,), int)))
    assert (without["database"]["annotationKeys"], without["annotationMap"]) == ([], {})


def test_item_11_every_cube_has_its_precision(post):
    """Decimals to show: none for a count, two for pounds."""
    answer = post({"database": DATABASE, "measures": [COUNT, MEAN]}).json()
    assert [cube["precision"] for cube in answer["cubes"].values()] == [0, 2]


def test_item_12_link_only_where_a_page_follows(get, post):
    """One client gives up at any ``Link``; others take the address out of it with an expression of their own."""
    whole = [get("/info"), get("/schema"), get(f"/schema/{AREA}"), get("/rate_limit"), post({"database": DATABASE})]
    assert not any("Link" in response.headers for response in whole)
    first = get(f"/schema/{LA}")
    [following] = re.findall('<([^>]+)>; ?rel="next"', first.headers["Link"])
    second = get(following.partition(BASE)[2])
    assert len(first.json()["children"]) + len(second.json()["children"]) == 120
    assert "Link" not in second.headers


def test_item_13_schema_nodes_have_only_scalars_beside_children(get):
    """Another array or object would multiply rows in R; tables have two members more."""
    for path in ("/schema?depth=folder", f"/schema/{DATABASE}?depth=valueset", f"/schema/{COUNT}"):
        for node in every(get(path).json()):
            more = ["lastModified", "recordViewEnabled"] if node["type"] == "TABLE" else []
            assert [name for name in node if name != "children"] == ["id", "label", "location", "type", *more]
            assert not any(isinstance(member, list | dict) for name, member in node.items() if name != "children")


def test_item_14_locations_can_be_fetched_as_they_stand(get):
    """Absolute, under the name by which the site was reached, and made of a fixed beginning and the id."""
    beginning = f"http://testserver{BASE}/schema/"
    for node in every(get(f"/schema/{DATABASE}?depth=field").json()):
        assert node["location"].startswith(beginning)
        if node["type"] not in ("FOLDER", "GROUP"):
            assert node["location"].removeprefix(beginning) == node["id"]
        assert get(node["location"].partition(BASE)[2]).json()["id"] == node["id"]


@pytest.mark.parametrize("times", [0, 1, 2], ids=["raw", "encoded", "encoded twice"])
@pytest.mark.parametrize("component", [TENURE, LA, GROUP, "str:folder:fHousing+Benefit", "str:table:hb_new.tenure"])
def test_item_15_ids_arrive_raw_encoded_and_encoded_twice(get, component, times):
    """As ``encodeURIComponent`` writes them; a group's id holds encoding itself."""
    written = component
    for _ in range(times):
        written = quote(written, safe="!'()*")
    assert get(f"/schema/{written}").json()["id"] == component


@pytest.mark.parametrize("path", ["/rate_limit", "/rate_limit_schema", "/rate_limit_table"])
def test_item_16_a_rate_limit_has_three_members_in_this_order(get, path):
    """``remaining``, ``reset`` in milliseconds, ``limit``."""
    answer = get(path).json()
    assert list(answer) == ["remaining", "reset", "limit"]
    assert all(isinstance(number, int) for number in answer.values())
    assert answer["reset"] > 10**12


def test_item_17_info_has_one_member(get):
    """``languages``, each with a locale and a name."""
    answer = get("/info").json()
    assert list(answer) == ["languages"]
    assert [list(language) for language in answer["languages"]] == [["locale", "displayName"]]


def test_item_18_headers_that_clients_insist_on(get, post):
    """``content-language``, the triples of limits, and a Content-Type of JSON, on errors too."""
    for response in (get("/info"), get("/schema"), post({"database": DATABASE}), post(b"no JSON"), get("/schema/x")):
        assert response.headers["content-language"] == "en"
        assert response.headers["content-type"].partition(";")[0] == "application/json"
        for ending in ("", "-schema", "-table"):
            for name in ("x-ratelimit", "x-ratelimit-remaining", "x-ratelimit-reset"):
                assert response.headers[f"{name}{ending}"].isdecimal()


def test_item_19_statuses(client, get, post):
    """400 for an unknown schema id and an unreadable body, 401 for a bad key without headers of limits."""
    assert get("/schema/str:database:nothing").status_code == 400
    assert post(b"no JSON").status_code == 400
    keys.revoke(name="a program")
    refused = get("/schema")
    assert refused.status_code == 401
    assert not [name for name in refused.headers if name.lower().startswith("x-ratelimit")]
