"""Definition files: YAML and code lists to a ``model.Database``, every mistake reported in one pass.

Theory of operation: ``yaml_text`` reads a file as plain data in which every scalar is text and every place has a line;
``validating`` turns the data into the ``form`` (pydantic), entry by entry; ``building`` makes the database, with
``levels`` (code lists), ``sources`` (derivations), ``measuring``, ``protecting`` (policies and rules) and
``attaching`` (what refers to fields), and finds what only shows where keys, entries and files meet.
Each adds to one ``Findings``; only when it is empty is there a database.

A release keeps its database as canonical JSON (``codec``), which loads without YAML, pydantic or DuckDB: names here are
imported when they are first used, so that a cold process that only answers queries pays for the codec alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from statlas.definitions.asking import parse_codes, parse_derived, parse_dimension, parse_periods
    from statlas.definitions.codec import dumps, loads
    from statlas.definitions.drafting import draft
    from statlas.definitions.presets import preset_protection
    from statlas.definitions.protecting import read_policy
    from statlas.definitions.reading import read, read_with_files
    from statlas.definitions.schema import json_schema, policy_schema

_HOME = {
    "dumps": "codec",
    "draft": "drafting",
    "json_schema": "schema",
    "loads": "codec",
    "parse_codes": "asking",
    "parse_derived": "asking",
    "parse_dimension": "asking",
    "parse_periods": "asking",
    "policy_schema": "schema",
    "preset_protection": "presets",
    "read": "reading",
    "read_policy": "protecting",
    "read_with_files": "reading",
}

__all__ = [
    "draft",
    "dumps",
    "json_schema",
    "loads",
    "parse_codes",
    "parse_derived",
    "parse_dimension",
    "parse_periods",
    "policy_schema",
    "preset_protection",
    "read",
    "read_policy",
    "read_with_files",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
