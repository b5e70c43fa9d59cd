"""Sparse tables, ready-made tables and saved ones."""

import json
import uuid

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from statlas.api.opendata import write
from statlas.model.classification import Node
from statlas.model.query import Dimension, Filter, Item, Query, TimeKind, TimeSelector
from statlas.service.office import keys, saved
from statlas.service.office.saved import Owner

BASE = "/webapi/rest/v1"
DATABASE = "str:database:hb_new"
COUNT = "str:count:hb_new:V_F_HB_NEW"
MEASURE = "str:measure:hb_new:V_F_HB_NEW:LAHBAMT"
MEAN = "str:statfn:hb_new:V_F_HB_NEW:LAHBAMT:MEAN"
DATE = "str:field:hb_new:F_HB_NEW_DATE:NEW_DATE_NAME"
AREA = "str:field:hb_new:V_F_HB_NEW:COA_CODE"
TENURE = "str:field:hb_new:V_F_HB_NEW:TENURE_PUB"
LA = "str:valueset:hb_new:V_F_HB_NEW:COA_CODE:V_LA"


@pytest.fixture
def owner(key):
    """The owner of the key that ``get`` sends."""
    return Owner(key_id=keys.check(key=key).id)


# --- sparse -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("measures", [[COUNT], [MEAN, COUNT]])
def test_sparse_is_dense_without_zeros(post, measures):
    """The same answer but for ``values``: each number that is not 0 under its row-major position, a text."""
    body = {"database": DATABASE, "dimensions": [[LA], [TENURE]], "measures": measures}
    dense, sparse = post(body).json(), post(body, "/table/sparse").json()
    for uri in measures:
        flat = np.asarray(dense["cubes"][uri]["values"]).ravel().tolist()
        shown = {str(n): {"value": number} for n, number in enumerate(flat) if number}
        found = sparse["cubes"][uri]
        assert next(iter(found)) == "values"
        assert found.pop("values") == shown
        assert 0 < len(shown) < len(flat)
        assert found.pop("precision") == dense["cubes"][uri]["precision"]
    assert list(sparse) == list(dense)
    assert {k: v for k, v in sparse.items() if k != "cubes"} == {k: v for k, v in dense.items() if k != "cubes"}


@given(
    values=arrays.arrays(np.int64, arrays.array_shapes(min_dims=1, max_dims=4, max_side=4), elements=st.integers(0, 3)),
    marked=st.integers(0, 2**16),
)
def test_sparse_is_made_of_the_dense_cube_alone(values, marked):
    """Whatever its shape: numbers and notes stand under the positions they have when everything is flattened."""
    notes = np.full(values.shape, None, dtype=object)
    for n in range(values.size):
        if marked >> n & 1:
            notes.flat[n] = ["c"]
    dense = {"values": values.tolist(), "precision": 0, "annotations": notes.tolist()}
    sparse = write._sparse(dense)
    assert sparse["values"] == {str(n): {"value": v} for n, v in enumerate(values.ravel().tolist()) if v}
    expected = {str(n): ["c"] for n in range(values.size) if marked >> n & 1}
    assert sparse.get("annotations", {}) == expected or not expected
    assert list(sparse)[:2] == ["values", "precision"]


def test_sparse_refuses_as_dense_does(post):
    """Status, type and message are those of ``/table``."""
    for body in (b"no JSON", {"database": "str:database:x"}, {"database": DATABASE, "dimensions": [["x"]]}):
        dense, sparse = post(body), post(body, "/table/sparse")
        assert (sparse.status_code, sparse.content) == (dense.status_code, dense.content)
    assert post({"database": DATABASE}, "/table/sparse/").status_code == 200


# --- ready-made -------------------------------------------------------------------------------------------------------


def test_a_ready_made_table_is_answered_as_if_it_were_asked(get, post):
    """Its echo asks for the same table."""
    response = get("/table/saved/str:table:hb_new.tenure")
    answer = response.json()
    assert response.status_code == 200
    assert post(answer["query"]).json() == answer
    assert [field["uri"] for field in answer["fields"]] == [
        DATE,
        f"{TENURE}:C_HOUSING_SECTOR".replace("field", "valueset"),
    ]
    assert answer["fields"][1]["items"][-1] == {"type": "Total", "labels": ["Total"]}


def test_what_the_dialect_cannot_say_is_told_otherwise_or_left_out(get, post):
    """A filter is a last axis of one item; a change from month to month has no id; groups and measures are there."""
    answer = get("/table/saved/str:table:hb_new.north-east").json()
    assert [field["uri"] for field in answer["fields"]][-1] == AREA
    assert [item["labels"] for item in answer["fields"][-1]["items"]] == [["North East"]]
    assert list(answer["cubes"]) == [MEAN, MEASURE, COUNT]
    assert [measure["function"] for measure in answer["measures"]] == ["MEAN", "SUM", "COUNT"]
    assert {np.shape(cube["values"]) for cube in answer["cubes"].values()} == {(1, 3, 1)}
    assert ["Social", "Private"] in [item["labels"] for field in answer["fields"] for item in field["items"]]
    assert post(answer["query"]).json() == answer


def test_ready_made_tables_stand_in_the_folder_of_their_database(get):
    """After the databases, with the moment of publication; each can be asked for by its location and as a table."""
    children = get("/schema/str:folder:fHousing+Benefit").json()["children"]
    assert [child["type"] for child in children] == ["DATABASE", "TABLE", "TABLE"]
    table = children[1]
    assert (table["id"], table["label"]) == ("str:table:hb_new.tenure", "Tenure this month")
    assert table["lastModified"] > 1_700_000_000_000
    assert table["recordViewEnabled"] is False
    alone = get(table["location"].partition(BASE)[2]).json()
    assert alone == table


# --- saved ------------------------------------------------------------------------------------------------------------

QUERY = Query(
    "hb_new",
    ("LAHBAMT:MEAN",),
    (Dimension("COA_CODE", valueset="V_LA"), Dimension("NEW_DATE_NAME", time=TimeSelector(TimeKind.LATEST, 2))),
    (Filter("TENURE_PUB", (Node("C_HOUSING_SECTOR", "1"),)),),
)


def test_a_saved_table_is_answered_to_its_owner(get, post, owner):
    """Valuesets, months and filters as they were saved; ids raw and encoded."""
    made = saved.save(owner=owner, name="Awards", query=QUERY)
    answer = get(f"/table/saved/str:table:{made.id}").json()
    assert [field["uri"] for field in answer["fields"]] == [LA, DATE, TENURE]
    assert np.shape(answer["cubes"][MEAN]["values"]) == (120, 2, 1)
    assert get(f"/table/saved/str%3Atable%3A{made.id}").json() == answer
    assert post(answer["query"]).json() == answer


def test_saved_tables_stand_at_the_root(get, owner):
    """Where one client looks for them; none of another owner."""
    made = saved.save(owner=owner, name="Awards", query=QUERY)
    saved.save(owner=Owner(key_id=keys.check(key=keys.create(name="another")).id), name="theirs", query=QUERY)
    tables_there = [child for child in get("/schema").json()["children"] if child["type"] == "TABLE"]
    assert [(table["id"], table["label"]) for table in tables_there] == [(f"str:table:{made.id}", "Awards")]
    assert get(f"/schema/str:table:{made.id}").json() == tables_there[0]


def test_an_unknown_table_is_refused_as_captured(client, get, owner, shared, capture):
    """Somebody else's is as unknown as one that never was."""
    captured = capture(shared / "samples/errors/statcube_TXD_NOT_FOUND_400.json")
    response = get("/table/saved/str:table:invalid_uri")
    assert response.status_code == 400
    assert json.dumps(response.json()) == json.dumps(captured)
    made = saved.save(owner=owner, name="Awards", query=QUERY)
    theirs = client.get(f"{BASE}/table/saved/str:table:{made.id}", headers={"APIKey": keys.create(name="another")})
    never = get(f"/table/saved/str:table:{uuid.uuid4()}")
    assert (theirs.status_code, never.status_code) == (400, 400)
    assert theirs.json()["errorType"] == never.json()["errorType"] == "TXD_NOT_FOUND"


@pytest.mark.parametrize(
    "component",
    ["x", "str:database:hb_new", "str:table:", "str:table:hb_new.", "str:table:hb_new.other", "str:table:other.tenure",
     "str:table:../../etc.passwd", "str:table:%00", "str:table:%FF", "str:table:hb_new.tenure:x", "é" * 400],
)  # fmt: skip
def test_what_is_no_table_is_refused(get, component):
    """400 in the dialect's form."""
    response = get(f"/table/saved/{component}")
    assert (response.status_code, response.json()["errorType"]) == (400, "TXD_NOT_FOUND")
    assert len(response.json()["component"]) < 310


def test_a_saved_table_whose_field_is_gone_says_so(get, owner):
    """The query is from another year."""
    gone = Query("hb_new", dimensions=(Dimension("SEX", items=(Item((Node("C", "1"),)),)),))
    for query in (gone, Query("hb_old")):
        made = saved.save(owner=owner, name="old", query=query)
        response = get(f"/table/saved/str:table:{made.id}")
        assert (response.status_code, response.json()["errorType"]) == (400, "SCHEMA_COMPONENT_NOT_FOUND")


def test_a_saved_table_has_no_etag(get):
    """As tables have none: it is counted each time."""
    response = get("/table/saved/str:table:hb_new.tenure", **{"If-None-Match": "*"})
    assert response.status_code == 200
    assert "ETag" not in response.headers
