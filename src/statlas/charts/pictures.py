"""Pictures of specifications, those drawn lately at hand: the same specification is the same picture for good."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Any
from xml.sax.saxutils import escape

from statlas.charts import converting
from statlas.version import VERSION

MOST_BYTES = 16_000_000
"""Bytes of pictures at hand in each process (arbitrary: a hundred or so)."""

SCALE = 2.0
"""Pixels of a PNG for each of the specification's: sharp on today's screens and on paper."""

_kept: OrderedDict[str, bytes] = OrderedDict()
_lock = Lock()


def digest_of(specification: dict[str, Any], form: str, words: Sequence[str] = ()) -> str:
    """What tells one picture from another: its specification, kind and words, and the software that draws it."""
    said = json.dumps([VERSION, form, specification, *words], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def picture(specification: dict[str, Any], form: str, words: Sequence[str] = ()) -> bytes:
    """A picture, drawn or at hand.

    Args:
        specification: of Vega-Lite, with its data in it.
        form: ``svg``, ``png`` or ``pdf``.
        words: title and description, put into an SVG for whoever cannot see it.

    Raises:
        QueryError, BackendError: as ``converting.picture``.
    """
    key = digest_of(specification, form, words)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    drawn = converting.picture(specification, form, scale=SCALE)
    if form == "svg" and words:
        drawn = _with_words(drawn, *words)
    _keep(key, drawn)
    return drawn


def _keep(key: str, drawn: bytes) -> None:
    if len(drawn) > MOST_BYTES // 4:
        return
    with _lock:
        _kept[key] = drawn
        while sum(map(len, _kept.values())) > MOST_BYTES:
            _kept.popitem(last=False)


def _with_words(svg: bytes, title: str, description: str) -> bytes:
    """An SVG that says what it shows; its marks have no need to be read one by one."""
    head, end, rest = svg.decode().partition(">")
    said = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    return f'{head} role="img"{end}{said}{rest}'.encode()
