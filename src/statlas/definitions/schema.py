"""The JSON Schema of definition files, by which editors complete keys and show what they mean."""

from __future__ import annotations

from typing import Any

from statlas.definitions.form import DefinitionForm


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a definition file, made from its form."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Statlas definition",
        **{key: value for key, value in DefinitionForm.model_json_schema().items() if key != "title"},
    }
