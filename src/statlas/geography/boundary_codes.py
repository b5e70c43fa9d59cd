"""Which column of a file has the codes of its areas, and which of them are known."""

from __future__ import annotations

import re
from collections.abc import Mapping

from statlas.errors import BoundariesError
from statlas.geography.boundary_files import ShapeFile
from statlas.model.faults import Fault, FaultReport

_CODE = re.compile(r"(^|_)(code|geo_?code|areacd|id)$|cd$", re.IGNORECASE)
_NAME = re.compile(r"(^|_)(name|label|areanm)$|nm$", re.IGNORECASE)
_PLAUSIBLE = re.compile(r"[A-Za-z0-9._-]{1,40}")

FIRST = 8
"""Codes named in a fault; arbitrary, as many as fit a line."""


def code_column(file: ShapeFile, known: frozenset[str], wanted: str, name: str) -> str:
    """The column that has the codes: the one wanted, else the one with most known codes, else one named like a code.

    Raises:
        BoundariesError: there is none.
    """
    if wanted:
        if wanted not in file.columns:
            raise _refused(name, "no-code-column", f"a column {wanted!r}; it has {_listed(file)}.")
        return wanted
    matching = {column: len(known.intersection(texts)) for column, texts in file.columns.items()}
    best = max(matching, key=lambda column: matching[column], default="")
    if best and matching[best]:
        return best
    named = [column for column in file.columns if _CODE.search(column) and _is_plausible(file.columns[column])]
    if not named:
        raise _refused(name, "no-code-column", f"a column with codes of areas; it has {_listed(file)}.")
    return named[0]


def name_column(file: ShapeFile, code: str, wanted: str) -> str:
    """The column that has the names; empty where none looks like it."""
    if wanted:
        return wanted if wanted in file.columns else ""
    stem = re.sub(r"(cd|code)$", "", code, flags=re.IGNORECASE)
    named = [column for column in file.columns if column != code and _NAME.search(column)]
    return next((column for column in named if stem and column.startswith(stem)), named[0] if named else "")


def _is_plausible(texts: tuple[str, ...]) -> bool:
    return all(_PLAUSIBLE.fullmatch(text) for text in texts) and len(set(texts)) * 2 > len(texts)


def _listed(file: ShapeFile) -> str:
    return ", ".join(list(file.columns)[:20]) or "no columns"


def _refused(name: str, code: str, expected: str) -> BoundariesError:
    fault = Fault(code, name, expected, "Name the column with --code-column.")
    return BoundariesError("The file of boundaries cannot be used; nothing was changed.", faults=FaultReport((fault,)))


def compared(name: str, codes: frozenset[str], expected: Mapping[str, str], where: str) -> FaultReport:
    """What does not match between the codes of a file and the ``expected`` ones (code to label) of ``where``."""
    strange = sorted(codes - expected.keys())
    missing = sorted(expected.keys() - codes)
    faults = []
    if strange:
        text = f"codes of {where}; {_some(strange)} are none of them: their shapes are kept, but nothing is drawn."
        faults.append(Fault("unknown-area", name, text, _VINTAGE, count=len(strange)))
    if missing:
        labels = [f"{code} {expected[code]}" for code in missing]
        text = f"a shape for every code of {where}; {_some(labels)} have none and stay off the map."
        faults.append(Fault("no-shape", name, text, _VINTAGE, count=len(missing)))
    return FaultReport(tuple(faults))


_VINTAGE = "Look whether the boundaries are of another year than the codes."


def _some(texts: list[str]) -> str:
    more = f" and {len(texts) - FIRST:,} more" if len(texts) > FIRST else ""
    return f"{', '.join(texts[:FIRST])}{more}"
