"""Printed cells as text and back: what is not in the text cannot have a part in an answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

import numpy as np

from statlas.disclosure.cubes import Printed, PublicCube, PublicMeasure
from statlas.engine.answering import PrintedTables

TYPES = {cls.__name__: cls for cls in (PrintedTables, PublicCube, PublicMeasure, Printed)}


def write_out(printed: PrintedTables) -> str:
    """JSON of printed cells, every array as a list."""
    return json.dumps(_plain(printed))


def _plain(value):
    if is_dataclass(value):
        return {"type": type(value).__name__, **{f.name: _plain(getattr(value, f.name)) for f in fields(value)}}
    if isinstance(value, np.ndarray):
        return {"type": str(value.dtype), "shape": value.shape, "values": value.reshape(-1).tolist()}
    return {key: _plain(one) for key, one in value.items()} if isinstance(value, Mapping) else value


def read_back(text: str) -> PrintedTables:
    """The printed cells of such a text."""
    return _read(json.loads(text))


def _read(value):
    if not isinstance(value, dict):
        return value
    kind = value.pop("type", None)
    if kind in TYPES:
        return TYPES[kind](**{key: _read(one) for key, one in value.items()})
    if kind is not None:
        return np.array(value["values"], dtype=kind).reshape(value["shape"])
    return {key: _read(one) for key, one in value.items()}
