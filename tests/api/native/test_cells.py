import base64
import json

import numpy as np

from statlas.api.native import cursors
from statlas.definitions.query_form import QueryForm
from statlas.definitions.query_json import query_of
from statlas.model.cube import CellStatus
from statlas.service import tables

QUERY = {
    "database": "clubs",
    "rows": ["AREA@TOWN"],
    "columns": [{"field": "AGE_BAND", "codes": ["1"], "groups": {"Older": ["2", "3"]}, "total": True}],
    "periods": "all",
    "measures": ["MEMBERS", "FEE:MEAN"],
}


def all_cells(post, limit, query=QUERY):
    """Every cell, page after page."""
    found, cursor = [], ""
    while cursor is not None:
        page = post(f"/tables/cells?limit={limit}&cursor={cursor}", query)
        found += page["cells"]
        cursor = page["next"]
    return found, page


def flat(nested):
    """The leaves of a nested list, in order."""
    return [leaf for one in nested for leaf in flat(one)] if isinstance(nested, list) else [nested]


def test_pages_of_cells_are_the_table(site, post):
    """Whatever their size: the same numbers and symbols as the table, in its order, none twice and none left out."""
    whole = post("/tables", QUERY)
    for limit in (1, 7, 10_000):
        cells, last = all_cells(post, limit)
        assert (last["n_cells"], len(cells)) == (45, 45)
        for measure in whole["measures"]:
            numbers = [cell["numbers"][measure["id"]] for cell in cells]
            assert [one["value"] for one in numbers] == flat(measure["values"])
            assert [one["status"] for one in numbers] == flat(measure["status"])
        response = site.post("/api/v1/tables", json.dumps(QUERY), content_type="application/json")
        assert last["digest"] == response["Statlas-Digest"]


def test_a_cursor_is_of_one_query_and_one_release(site, post, is_problem):
    """That of another is refused: a page of other numbers would look the same."""
    page = post("/tables/cells?limit=2", QUERY)
    other = {**QUERY, "periods": "latest"}
    for body in (other, {**QUERY, "release": "1"}, {**QUERY, "measures": ["MEMBERS"]}):
        response = site.post(
            f"/api/v1/tables/cells?limit=2&cursor={page['next']}", json.dumps(body), content_type="application/json"
        )
        problem = is_problem(site, response, 400, "request")
        assert "another" in problem["detail"]
    same = post(f"/tables/cells?limit=3&cursor={page['next']}", {**QUERY, "release": "2"})
    assert same["cells"][0] != page["cells"][0]
    assert post(f"/tables/cells?limit=3&cursor={page['next']}", QUERY)["cells"] == same["cells"]


def test_a_page_that_is_past_the_end_is_empty(post):
    """A forged position gives no error of ours."""
    page = post("/tables/cells?limit=2", QUERY)
    _, digest = json.loads(base64.urlsafe_b64decode(page["next"] + "=="))
    for forged in (10**30, -1, 1.5, True, "2"):
        assert post(f"/tables/cells?cursor={cursors.written(forged, digest)}", QUERY, status=400)["code"] == "request"
    past = post(f"/tables/cells?cursor={cursors.written(10**6, digest)}", QUERY)
    assert (past["cells"], past["next"]) == ([], None)


def test_every_cell_of_a_page_can_be_explained(post):
    """The codes that a page gives choose the cell, and what is said of it agrees."""
    cells, _ = all_cells(post, 100)
    statuses = set()
    for one in cells:
        told = post("/tables/cell", {"query": QUERY, "cell": one["cell"], "measure": "FEE:MEAN"})
        number = one["numbers"]["FEE:MEAN"]
        assert (told["value"], told["measure"]["id"]) == (number["value"], "FEE:MEAN")
        assert (told["noise"] is None) == (number["value"] is None)
        assert {place["field"]: place["item"] for place in told["cell"]} == one["labels"]
        statuses.add(told["status"])
    assert {"shown", "low"} <= statuses


def test_a_cell_tells_what_it_counts_and_how_far_it_may_be_off(post, get):
    """In words, with the sd of its noise, the 95% interval, how to cite it and how to find it again."""
    told = post("/tables/cell", {"query": {**QUERY, "filters": {"SEX": "2"}}, "cell": {
        "AREA": "N1", "AGE_BAND": "2+3", "MONTH": "202502"}})  # fmt: skip
    assert told["counts"] == "Members; Month: February 2025; Area: Aldwick; Age band: Older; only Sex: Male"
    assert (told["status"], told["flags"], told["text"]) == ("shown", "derived", str(told["value"]))
    assert told["noise"]["lower"] < told["value"] < told["noise"]["upper"]
    assert abs(told["noise"]["upper"] - told["value"] - 1.96 * told["noise"]["sd"]) < 0.06
    assert told["cell"][2]["codes"] == ["2@C_AGE", "3@C_AGE"]
    assert "release 2" in told["cite"]
    assert told["again"]["page"] in told["cite"]
    for name in ("cell", "table"):
        path, _, query = told["again"][name].partition("?")
        again = get(path.removeprefix("http://testserver/api/v1") + f"?{query}")
        assert again["release"] == "2"
    assert get(told["again"]["cell"].removeprefix("http://testserver/api/v1"))["value"] == told["value"]
    assert {note["on"] for note in told["notes"]} == {"database"}


def test_a_hidden_cell_tells_its_symbol_and_no_number(post, home):
    """Neither a value nor how far it would be off."""
    cells, _ = all_cells(post, 100)
    hidden = next(one for one in cells if one["numbers"]["MEMBERS"]["status"] == "low")
    told = post("/tables/cell", {"query": QUERY, "cell": hidden["cell"]})
    assert (told["value"], told["noise"], told["text"], told["status"]) == (None, None, "[low]", "low")
    assert told["meanings"] == [{"symbol": "[low]", "means": told["meanings"][0]["means"]}]
    assert "fewer than 5" in told["meanings"][0]["means"]
    assert told["said"] == []
    assert hidden["numbers"]["MEMBERS"]["noise_sd"] is None


def test_an_exact_number_says_so(get):
    """Of an open database there is no noise."""
    told = get("/tables/cell", **{"database": "rooms", "rows": "WARD", "cell.WARD": "W1"})
    assert (told["value"], told["noise"]) == (4, {"sd": 0.0, "lower": 4.0, "upper": 4.0})
    assert told["said"] == ["These numbers are exact: the records behind them are not confidential."]


def test_a_cell_that_is_not_there_is_told_with_the_nearest(get, post):
    """An item, a field, a measure, a field left out."""
    told = get("/tables/cell", 400, **{"database": "clubs", "rows": "AREA", "cell.AREA": "Aldwik"})
    assert (told["code"], told["nearest"]) == ("unknown-name", ["N1"])
    told = get("/tables/cell", 400, **{"database": "clubs", "rows": "AREA", "cell.ARREA": "N1"})
    assert told["nearest"] == ["AREA"]
    told = get("/tables/cell", 400, **{"database": "clubs", "rows": "AREA", "cell.AREA": "N1", "of": "MEMBER"})
    assert told["nearest"] == ["MEMBERS"]
    told = get("/tables/cell", 400, **{"database": "clubs", "rows": "AREA", "cell.AREA": "N1", "offset": "3"})
    assert told["component"] == "'offset'"
    told = get("/tables/cell", 400, database="clubs", rows="AREA")
    assert (told["code"], "AREA" in told["detail"]) == ("query", True)
    told = post("/tables/cell", {"query": {"database": "clubs", "rows": ["AERA"]}}, status=400)
    assert (told["pointer"], told["nearest"]) == ("/query/rows/0", ["AREA"])


def test_pages_and_explanations_are_of_the_public_cube_alone(post, home):
    """Each number of a page is one of the cube that every door is given."""
    cells, _ = all_cells(post, 100)
    asked = tables.table(home=home, door="python", query=_query(home))
    shown = np.isin(asked.measures[0].status, (CellStatus.SHOWN, CellStatus.STRUCTURAL_ZERO)).reshape(-1)
    values = [n if s else None for n, s in zip(asked.measures[0].values.reshape(-1).tolist(), shown, strict=True)]
    assert [one["numbers"]["MEMBERS"]["value"] for one in cells] == values


def _query(home):
    return query_of(tables.database(home=home, database_id="clubs"), QueryForm.model_validate(QUERY))
