"""The JSON Schemas of definition and policy files, by which editors complete keys and show what they mean."""

from __future__ import annotations

from typing import Any

from statlas.definitions.form import DefinitionForm
from statlas.definitions.form_base import Form
from statlas.definitions.policy_form import PolicyForm

# Definition files are read as text throughout; an editor has resolved 01, 2011 and yes before it looks at the schema.
_TEXT = ["string", "number", "boolean"]


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a definition file, made from its form."""
    return _schema(DefinitionForm, "Statlas definition")


def policy_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a policy file, made from its form."""
    return _schema(PolicyForm, "Statlas policy")


def _schema(form: type[Form], title: str) -> dict[str, Any]:
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, "title": title, **_plain(form.model_json_schema())}


def _plain(node: Any) -> Any:
    """The schema without what helps no editor, and with scalars where the file is read as text."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: _plain(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str)) and not (key == "default" and value is None)
    }
    if "properties" in kept:
        kept["properties"] = {name: _without_null(value) for name, value in kept["properties"].items()}
    return _scalars(kept)


def _scalars(node: dict[str, Any]) -> dict[str, Any]:
    if node.get("const") == "1":
        return {**{key: value for key, value in node.items() if key != "const"}, "enum": [1, "1"], "type": _TEXT[:2]}
    if node.get("type") == "string" and "enum" not in node:
        return {**node, "type": _TEXT}
    return node


def _without_null(node: dict[str, Any]) -> dict[str, Any]:
    """A key that may be left out need not be shown as one that may be null."""
    branches = [branch for branch in node.get("anyOf", ()) if branch != {"type": "null"}]
    if "anyOf" not in node or len(branches) == len(node["anyOf"]) or len(branches) > 1:
        return node
    return {**branches[0], **{key: value for key, value in node.items() if key != "anyOf"}}
