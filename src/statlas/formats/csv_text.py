"""Cells of CSV as RFC 4180 has them, one by one and whole columns at once."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

BOM = b"\xef\xbb\xbf"
"""The mark by which older spreadsheets know UTF-8."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet may take for a formula; it drops line ends before one, and reads full-width signs likewise."""

_EXACT = 2**53
"""Whole numbers up to here are exact as floating point."""


def neutral(text: str) -> str:
    """The text itself, or with an apostrophe in front where a spreadsheet would run it."""
    return f"'{text}" if text.lstrip(" \ufeff").startswith(_FORMULA_STARTS) else text


def quoted(text: str) -> str:
    """A text as a cell, in quotes where it needs them."""
    needs = any(mark in text for mark in ',"\r\n') or text != text.strip()
    return '"' + text.replace('"', '""') + '"' if needs else text


def writable(text: str) -> str:
    """The text with a question mark for half a surrogate pair, which can be asked for as a label but not written."""
    return text.encode("utf-8", "replace").decode()


def line(cells: Iterable[str]) -> bytes:
    """Texts as one line, neutral and quoted."""
    return writable(",".join(quoted(neutral(cell)) for cell in cells) + "\r\n").encode()


def coded(column: pa.DictionaryArray, dictionary: pa.Array) -> pa.Array:
    """A dictionary column with other texts in place of its own."""
    return dictionary.take(column.indices)


def decimal(values: pa.Array, decimals: NDArray[np.int64] | int | None) -> pa.Array:
    """Numbers as text, without exponents and trailing zeros; null stays null.

    decimals: places to which they are rounded already; None leaves as many as it takes.
    """
    if pa.types.is_integer(values.type):
        return values.cast(pa.string())
    if decimals is not None:
        found = _fixed(values, decimals)
        if found is not None:
            return found
    return _without_exponents(values)


def _fixed(values: pa.Array, decimals: NDArray[np.int64] | int) -> pa.Array | None:
    """Numbers by their digits; None where one has more than floating point keeps exactly."""
    if not isinstance(decimals, int):
        decimals = int(decimals.max(initial=0))
    scale = 10 ** max(decimals, 0)
    floats = values.fill_null(0).to_numpy(zero_copy_only=False)
    if not np.isfinite(floats).all() or (np.abs(floats) * scale >= _EXACT).any():
        return None
    digits = np.rint(np.abs(floats) * scale).astype(np.int64)
    whole, rest = np.divmod(digits, scale)
    text = pa.array(whole).cast(pa.string())
    if rest.any():
        fraction = pc.utf8_rtrim(pc.utf8_lpad(pa.array(rest).cast(pa.string()), decimals, padding="0"), "0")
        text = pc.binary_join_element_wise(text, pc.if_else(pa.array(rest > 0), ".", ""), fraction, "")
    sign = pc.if_else(pa.array((floats < 0) & (digits > 0)), "-", "")
    joined = pc.binary_join_element_wise(sign, text, "")
    return pc.if_else(values.is_valid(), joined, pa.scalar(None, pa.string()))


def _without_exponents(values: pa.Array) -> pa.Array:
    text = values.cast(pa.string())
    is_short = pc.match_substring(text.fill_null(""), "e")
    if not pc.any(is_short).as_py():
        return text
    places = np.flatnonzero(is_short.to_numpy(zero_copy_only=False))
    plain = [format(Decimal(repr(values[int(at)].as_py())), "f") for at in places]
    return pc.replace_with_mask(text, is_short, pa.array(plain, pa.string()))


def lines(columns: Iterable[Any]) -> bytes:
    """Columns of texts as lines; a null is an empty cell."""
    ended = pc.binary_join_element_wise(*columns, ",", null_handling="replace", null_replacement="")
    ended = pc.binary_join_element_wise(ended, "", "\r\n")
    return _bytes_of(ended)


def _bytes_of(texts: pa.Array) -> bytes:
    """Texts one behind another: as Arrow keeps them."""
    offsets = np.frombuffer(texts.buffers()[1], np.int32, len(texts) + 1, texts.offset * 4)
    return bytes(memoryview(texts.buffers()[2])[offsets[0] : offsets[-1]])
