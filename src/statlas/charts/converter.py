"""The process that draws: ``python -m statlas.charts.converter`` reads specifications and writes pictures.

A request on standard input is three letters of the format, the scale as a float and the length, then as many bytes of
JSON; an answer on standard output is ``+`` or ``-`` and the length, then the picture. It ends with its input.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from typing import IO, Any

_REQUEST = struct.Struct(">3sfQ")
_HEAD = struct.Struct(">cQ")
_DRAWN = '{"svg":'
_VERSION = "6.4"
"""The version of Vega-Lite that draws; the schema of our specifications is its."""


def draw(form: str, scale: float, specification: str) -> bytes:
    """A specification as a picture; nothing is fetched for it."""
    import vl_convert as vlc  # noqa: PLC0415 - loaded by the process that draws alone

    if specification.startswith(_DRAWN):  # a map, which is an SVG already
        svg: str = json.loads(specification)["svg"]
    else:
        svg = vlc.vegalite_to_svg(specification, vl_version=_VERSION, allowed_base_urls=[])
    if form == "png":
        png: Any = vlc.svg_to_png(svg, scale=scale)
        return bytes(png)
    if form == "pdf":
        pdf: Any = vlc.svg_to_pdf(svg)
        return bytes(pdf)
    return svg.encode()


def serve(asked: IO[bytes], answers: IO[bytes]) -> None:
    """Answer requests until there are no more."""
    while head := asked.read(_REQUEST.size):
        form, scale, length = _REQUEST.unpack(head)
        answer = _answered(form.decode(), scale, asked.read(length).decode())
        answers.write(answer)
        answers.flush()


def _answered(form: str, scale: float, specification: str) -> bytes:
    try:
        picture = draw(form, scale, specification)
    except Exception:  # noqa: BLE001 - whatever cannot be drawn is told so, and the next is drawn
        return _HEAD.pack(b"-", 0)
    return _HEAD.pack(b"+", len(picture)) + picture


if __name__ == "__main__":
    # What the library prints must not stand between the pictures.
    pictures = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, pictures)
