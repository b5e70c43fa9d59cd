"""The JSON Schema of definitions."""

import json

import pytest
from typer.testing import CliRunner

from statlas import definitions
from statlas.cli import app
from statlas.definitions import form


def kinds(base=form.Form):
    """Every mapping of a definition."""
    return [kind for kind in base.__subclasses__() if kind.__module__ == form.__name__]


@pytest.fixture(scope="module")
def schema():
    """The schema."""
    return definitions.json_schema()


@pytest.fixture(scope="module")
def mappings(schema):
    """The schema of every mapping, by its form's name."""
    return {"DefinitionForm": schema, **schema["$defs"]}


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_every_key_is_explained_and_no_other_allowed(mappings, kind):
    """An editor shows a sentence for each key and marks a key that is not known."""
    found = mappings[kind.__name__]
    assert found["properties"].keys() == kind.model_fields.keys()
    assert found["additionalProperties"] is False
    for name, key in found["properties"].items():
        # A key that says what its mapping says leaves the words to the mapping.
        explained = {**mappings.get(key.get("$ref", "").rpartition("/")[2], {}), **key}
        assert explained.get("description", "").endswith("."), name


def test_numbers_and_truths_pass_where_the_file_is_read_as_text(mappings):
    """An editor has made a number of 99 and a truth of no before it asks the schema."""
    text = ["string", "number", "boolean"]
    assert mappings["AnnotationForm"]["properties"]["code"]["type"] == text
    assert mappings["DateForm"]["properties"]["period"]["type"] == text
    assert mappings["DefinitionForm"]["properties"]["statlas"]["enum"] == [1, "1"]
    assert mappings["DefinitionForm"]["properties"]["synthetic"]["type"] == "boolean"


def test_an_open_end_of_a_band_may_be_null(mappings):
    """Where nothing means something, the schema says so."""
    bands = mappings["BandForm"]["properties"]["codes"]["patternProperties"].values()
    assert [{"type": "null"} in end["anyOf"] for band in bands for end in band["prefixItems"]] == [True, True]


def test_the_command_prints_the_schema(schema, tmp_path):
    """``statlas schema`` gives the schema as JSON, on the screen or in a file."""
    printed = CliRunner().invoke(app, ["schema"])
    assert json.loads(printed.stdout) == schema
    assert CliRunner().invoke(app, ["schema", "--out", str(tmp_path / "s.json")]).exit_code == 0
    assert json.loads((tmp_path / "s.json").read_text("utf-8")) == schema
