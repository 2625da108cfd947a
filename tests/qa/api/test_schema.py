"""The OpenAPI document holds: no request of Schemathesis gets a 5xx or anything undocumented."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from html import escape

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from index.encoder.minilm import MiniLM
from index.library import Library
from index.sources import read
from tests.api_server import Served, serving
from tests.conftest import SAMPLES

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def server(encoder: MiniLM, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server whose articles may be changed."""
    library = Library(tmp_path_factory.mktemp("fuzzed"), encoder)
    list(library.add(read([SAMPLES])))
    with serving(library, tmp_path_factory.mktemp("keys")) as served:
        yield served
    library.close()


def test_every_reference_leads_somewhere(server: Served) -> None:
    document = server.http.get("/openapi.json").json()
    schemas = document["components"]["schemas"]
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert named == set(schemas)
    assert {"Problem", "Fault", "OpenAIError"} <= named
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)


def test_fields_are_told_in_the_document_and_on_the_page(server: Served) -> None:
    schemas = server.http.get("/openapi.json").json()["components"]["schemas"]
    page = server.http.get("/docs").text
    for kind, name in [("Problem", "hint"), ("Citation", "n"), ("Question", "reader"),
                       ("ArticleText", "sentences"), ("Readiness", "backlog")]:  # fmt: skip
        told = schemas[kind]["properties"][name]["description"]
        assert escape(told) in page


@pytest.mark.hypothesis
def test_the_document_holds(server: Served) -> None:
    document = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    examples = 100 if settings.get_current_profile_name() == "fuzz" else 8
    operations = [found.ok() for found in document.get_all_operations()]
    assert len(operations) == 13
    for operation in operations:
        for mode in GenerationMode:
            with suppress(Unsatisfiable):  # what takes nothing cannot be asked wrongly
                check(operation.as_strategy(generation_mode=mode), examples)


def check(cases: SearchStrategy[schemathesis.Case], examples: int) -> None:
    """Send so many cases, and look at what comes back."""

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(cases)
    def holds(case: schemathesis.Case) -> None:
        response = case.call(timeout=60)
        case.validate_response(response, checks=CHECKS)
        assert response.headers["x-request-id"]
        assert response.headers["content-security-policy"]

    holds()
