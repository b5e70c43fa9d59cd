"""Places through the native API: found, told, and refused where there are none."""

import pytest


def test_places_are_found(get):
    """By a part of the name, with what holds them and where more is told."""
    found = get("/areas?q=burw")["areas"]
    assert [(one["code"], one["label"], one["kind"], one["within"]) for one in found] == [
        ("N2", "Burwell", "Town", ["North"])
    ]
    assert found[0]["address"].endswith("/api/v1/areas/N2")
    assert found[0]["page"].endswith("/areas/N2")
    assert get("/areas?q=zzzz") == {"areas": []}


def test_a_place_is_told_with_numbers_of_tables(get):
    """The latest count is that of the table; what holds the place is named; hidden numbers are null with a symbol."""
    told = get("/areas/N2")
    figure = next(one for one in told["figures"] if one["database"] == "clubs")
    assert [one["code"] for one in told["parents"]] == ["N"]
    assert (figure["level"], figure["synthetic"]) == ("TOWN", True)
    table = f"database=clubs&rows=AREA@TOWN&items.AREA=N2&columns=MONTH&periods={figure['now']['period']}"
    cells = get(f"/tables/cells?{table}")
    assert cells["n_cells"] == 1
    assert f"'value': {figure['now']['value']}" in str(cells)
    for number in (figure["now"], *figure["series"]):
        assert (number["value"] is None) == (number["symbol"] != "")


@pytest.mark.parametrize("code", ["NOPE", "ZZXXXXXXX", "%3Cb%3E", "E" * 500])
def test_what_is_no_place_is_a_404(site, code):
    """As a problem."""
    answer = site.get(f"/api/v1/areas/{code}")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("query", ["q=" + "x" * 300, "limit=0", "limit=x", "nope=1"])
def test_what_cannot_be_read_is_refused(site, query):
    """With status 400."""
    assert site.get(f"/api/v1/areas?{query}").status_code == 400
