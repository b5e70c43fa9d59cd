import re

import jsonschema_rs
import pytest
from openapi_spec import missing_references

from statlas import formats


@pytest.fixture
def document(site):
    """The OpenAPI document."""
    return site.get("/api/v1/openapi.json").json()


def operations(document):
    """Every operation with its path and method."""
    return [(path, method, one) for path, methods in document["paths"].items() for method, one in methods.items()]


def test_the_document_is_of_openapi_3_1(document):
    """Every reference leads somewhere, every schema is one, and every operation has a name of its own."""
    assert document["openapi"] == "3.1.0"
    assert missing_references(document) == []
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
    ids = [one["operationId"] for _, _, one in operations(document)]
    assert len(ids) == len(set(ids))


def test_every_operation_tells_its_errors_as_problems(document):
    """And a success with its headers."""
    for path, _, one in operations(document):
        assert {"400", "401", "406", "429", "503"} <= set(one["responses"]), path
        successes = [status for status in one["responses"] if int(status) < 400]
        assert successes
        for status, response in one["responses"].items():
            is_problem = list(response.get("content", ())) == ["application/problem+json"]
            assert is_problem == (status not in successes), (path, status)
            assert status not in successes or "RateLimit-Remaining" in response["headers"], path
        assert one["description"]


def test_every_kind_of_file_stands_in_the_document(document):
    """Whatever is registered."""
    told = document["paths"]["/api/v1/tables.{suffix}"]["get"]
    kinds = {one.media_type.partition(";")[0] for one in formats.FORMATS.values()}
    assert set(told["responses"]["200"]["content"]) == kinds
    suffix = next(one for one in told["parameters"] if one["name"] == "suffix")
    assert suffix["schema"]["enum"] == sorted(formats.by_suffix)


def test_answers_are_of_the_shapes_that_the_document_tells(document, site, post):
    """Schemas, codes, plans, pages and cells."""
    query = {"database": "clubs", "rows": ["AREA"], "measures": ["MEMBERS", "FEE"]}
    answers = {
        "Index": site.get("/api/v1/").json(),
        "DatabasePage": site.get("/api/v1/databases").json(),
        "DatabaseShape": site.get("/api/v1/databases/clubs").json(),
        "CodePage": site.get("/api/v1/databases/clubs/fields/AREA/codes?limit=2").json(),
        "PlanShape": post("/tables/plan", query),
        "CellPage": post("/tables/cells?limit=2", query),
        "CellShape": post("/tables/cell", {"query": query, "cell": {"AREA": "N3"}}),
        "Problem": post("/tables", {}, status=400),
    }
    for name, answer in answers.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        assert [error.message for error in jsonschema_rs.Draft202012Validator(schema).iter_errors(answer)] == [], name


def test_the_index_leads_to_everything(site, get):
    """With and without a slash at its end."""
    told = get("/")
    assert site.get("/api/v1").json() == told
    for name in ("databases", "documentation", "openapi"):
        assert site.get(told[name]).status_code == 200
    assert [one["name"] for one in told["formats"]] == list(formats.FORMATS)
    assert site.get("/api/v1databases").status_code == 404


def test_the_page_for_people_tells_every_operation_without_a_script(site, document):
    """Its only script is the site's own file, it asks nothing of any other site, and every link inside it leads on."""
    response = site.get("/api/v1/docs")
    page = response.content.decode()
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert re.findall('<script(?![^>]* src="/static/)', page) == []
    assert " style=" not in page
    assert "<style" not in page
    assert re.findall(r' on[a-z]+="', page) == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []
    for path, method, _ in operations(document):
        assert f"{method.upper()} {path.removeprefix('/api/v1')}" in page
    ids = set(re.findall(' id="([^"]+)"', page))
    assert set(re.findall('href="#([^"]+)"', page)) <= ids
    assert len(re.findall(' id="', page)) == len(ids)
    assert "private" in response["Cache-Control"]


def test_the_site_leads_to_the_interface(site):
    """Every page, at its foot."""
    assert 'href="/api/v1/docs"' in site.get("/about").content.decode()
