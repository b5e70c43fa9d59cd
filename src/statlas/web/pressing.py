"""The spelling of what a button of the table builder is sent as: ``VERB;PART;PART``.

``;`` and ``%`` inside a part are written as ``%`` and two hexadecimal digits.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

DO = "do"
"""The part of an address that says what to do with the table in the rest of it."""


def pressed(verb: str, *parts: str) -> str:
    """An act as the value of a button."""
    return ";".join((verb, *(re.sub("[%;]", lambda found: f"%{ord(found[0]):02X}", part) for part in parts)))


def read(text: str) -> tuple[str, tuple[str, ...]]:
    """The verb and the parts of what was pressed."""
    verb, *parts = (unquote(part) for part in text.split(";"))
    return verb, tuple(parts)
