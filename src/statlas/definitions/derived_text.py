"""Derived numbers as they stand in an address, and back.

::

    derived=percentage;row                          row | column | total; a measure may follow: ;PAY:SUM
    derived=change;year;percent                     previous | year; amount | percent; a measure may follow
    derived=rank;AREA                               largest | smallest first and a measure may follow
    derived=formula;Share;100 * {2} / {1};TENURE;1  label, expression, field (none: over measures), decimals

Inside a part ``%`` and ``;`` are written as ``%`` and two hexadecimal digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from statlas.definitions.asking import parse_derived
from statlas.errors import QueryError
from statlas.model.derived import Change, Derived, Formula, Percentage, Rank
from statlas.wording import _

_MOST_PARTS = {"percentage": 3, "change": 4, "rank": 4, "formula": 5}
_CHANGES = ("amount", "percent")
_ENDS = ("largest", "smallest")


def read(text: str) -> Derived:
    """The derived number that a part of an address asks for.

    Raises:
        QueryError: it asks for none.
    """
    kind, *parts = (unquote(part) for part in text.split(";"))
    if kind not in _MOST_PARTS or not 1 <= len(parts) < _MOST_PARTS[kind]:
        raise QueryError(
            _("{text} is not a derived number.").format(text=_shown(text)),
            mend=_(
                "Write derived=percentage;row, derived=change;year;percent, derived=rank;FIELD or derived=formula;"
                "LABEL;EXPRESSION."
            ),
        )
    parts += [""] * (_MOST_PARTS[kind] - 1 - len(parts))
    match kind:
        case "percentage":
            return parse_derived({"percentage": parts[0], "measure": parts[1]})
        case "change":
            is_percent = _choice(parts[1], _CHANGES) == "percent"
            return parse_derived({"change": parts[0], "percent": is_percent, "measure": parts[2]})
        case "rank":
            is_ascending = _choice(parts[1], _ENDS) == "smallest"
            return parse_derived({"rank": parts[0], "ascending": is_ascending, "measure": parts[2]})
        case _:
            return _formula(*parts)


def _choice(text: str, choices: Sequence[str]) -> str:
    if text not in ("", *choices):
        raise QueryError(
            _("{text} is none of {listed}.").format(text=_shown(text), listed=" and ".join(choices)),
            mend=_("Write one of them, or nothing."),
        )
    return text


def _formula(label: str, expression: str, field: str, precision: str) -> Derived:
    if not re.fullmatch("[0-9]?", precision, re.ASCII):
        raise QueryError(
            _("{precision} is not a number of decimals.").format(precision=_shown(precision)),
            mend=_("Write 0 to 6, or nothing for 1."),
        )
    given = {"formula": expression, "label": label, "field": field or None, "precision": precision or None}
    return parse_derived(given)


def written(derived: Derived) -> str:
    """A derived number as it stands in an address; ``read`` gives it back."""
    parts = [*_parts(derived)]
    while not parts[-1]:
        parts.pop()
    return ";".join(re.sub("[%;]", lambda found: f"%{ord(found[0]):02X}", part) for part in parts)


def _parts(derived: Derived) -> Iterator[str]:
    match derived:
        case Percentage(of, measure):
            yield from ("percentage", of, measure)
        case Change(since, percent, measure):
            yield from ("change", since, "percent" if percent else "amount" if measure else "", measure)
        case Rank(field, measure, ascending):
            yield from ("rank", field, "smallest" if ascending else "largest" if measure else "", measure)
        case Formula(label, expression, field, precision):
            yield from ("formula", label, expression, field or "", "" if precision == 1 else str(precision))


def _shown(text: str) -> str:
    """Sent text as a message may repeat it."""
    return repr(text if len(text) <= 60 else f"{text[:60]}...")  # noqa: PLR2004 - arbitrary
