"""The JSON Schema of definitions."""

import json

import pytest
from typer.testing import CliRunner

from statlas import definitions
from statlas.cli import app
from statlas.definitions import form, policy_form
from statlas.definitions.form_base import Form


def kinds():
    """Every mapping of a definition or policy file."""
    assert {form.DefinitionForm, policy_form.PolicyForm} <= set(Form.__subclasses__())
    return Form.__subclasses__()


@pytest.fixture(scope="module")
def schema():
    """The schema."""
    return definitions.json_schema()


@pytest.fixture(scope="module")
def mappings(schema):
    """The schema of every mapping, by its form's name."""
    policy = definitions.policy_schema()
    return {"DefinitionForm": schema, "PolicyForm": policy, **policy["$defs"], **schema["$defs"]}


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


def test_a_number_read_exactly_is_a_number_to_an_editor(mappings):
    """What is read without the rounding of a float is no odd text in the schema."""
    assert mappings["MeasureForm"]["properties"]["bands"]["items"] == {"type": "number"}


def test_a_policy_is_a_preset_or_a_file(mappings):
    """An editor completes the presets, and takes the name of a file too."""
    presets, file = mappings["DefinitionForm"]["properties"]["policy"]["anyOf"]
    assert presets["enum"] == mappings["PolicyForm"]["properties"]["preset"]["enum"]
    assert file["pattern"] == r"\.ya?ml$"


def test_the_command_prints_the_schema(schema, tmp_path):
    """``statlas schema`` gives the schema as JSON, on the screen or in a file."""
    printed = CliRunner().invoke(app, ["schema"])
    assert json.loads(printed.stdout) == schema
    assert CliRunner().invoke(app, ["schema", "--out", str(tmp_path / "s.json")]).exit_code == 0
    assert json.loads((tmp_path / "s.json").read_text("utf-8")) == schema


def test_the_command_prints_the_schema_of_policies():
    """``statlas schema --policy`` gives that of policy files."""
    printed = json.loads(CliRunner().invoke(app, ["schema", "--policy"]).stdout)
    assert printed == definitions.policy_schema()
    assert printed["required"] == ["statlas_policy", "name", "version", "preset"]
