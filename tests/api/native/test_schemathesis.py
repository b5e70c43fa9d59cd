"""Requests made from the OpenAPI document, as it allows them and as it does not: every answer is one that it tells."""

from functools import cache

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from statlas.api.native import document, routes
from statlas.service.office import limits

CHECKS = [
    *(not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance),
    *(response_headers_conformance, allow_header_conformance, unsupported_method),
]
REAL = {"database_id": "clubs", "database": "clubs", "field": "AREA", "rows": ["AREA"], "level": "TOWN"}
QUERY = {"database": "clubs", "rows": ["AREA"]}


@cache
def schema():
    """The document, read once."""
    read = schemathesis.openapi.from_dict(document.document(routes.api))
    read.app = get_wsgi_application()
    return read


def operations():
    """Every operation by its label: ``GET /api/v1/tables``."""
    return {operation.label: operation for operation in (found.ok() for found in schema().get_all_operations())}


@st.composite
def cases(draw, label):
    """A request of an operation, often with names that are real, so that more is reached than the refusal of a name."""
    mode = draw(st.sampled_from([GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE]))
    case = draw(operations()[label].as_strategy(generation_mode=mode))
    is_as_drawn = not draw(st.integers(0, 3))
    if not is_as_drawn:
        for part in (case.path_parameters, case.query):
            if isinstance(part, dict):
                part.update({name: real for name, real in REAL.items() if name in part and draw(st.integers(0, 3))})
        if isinstance(case.body, dict):
            case.body.update(QUERY if "query" not in case.body else {"query": QUERY})
    # What is wrong must be refused; a request that was mended above may be right by now.
    return case, [*CHECKS, negative_data_rejection] if is_as_drawn else CHECKS


@pytest.fixture
def open_site(site, monkeypatch):
    """The site without limits, as thousands of requests are made."""
    monkeypatch.setattr(limits, "WITHOUT_A_KEY", {**limits.WITHOUT_A_KEY, "api": -1})


def hold(label, n):
    """Ask an operation ``n`` times and judge every answer."""

    @settings(max_examples=n, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(asked=cases(label))
    def ask(asked):
        case, checks = asked
        response = case.call(headers={"Host": "localhost", "Accept-Encoding": "identity"})
        case.validate_response(response, checks=checks)

    ask()


LABELS = sorted(operations())


@pytest.mark.parametrize("label", LABELS)
def test_every_operation_keeps_to_the_document(open_site, label):
    """A few requests of every kind to each."""
    hold(label, 12)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("label", LABELS)
def test_every_operation_keeps_to_the_document_however_it_is_asked(open_site, label):
    """Many more."""
    hold(label, 400)
