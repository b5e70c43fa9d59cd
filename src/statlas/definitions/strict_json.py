"""JSON as it has to come from strangers: one meaning or none.

``json`` alone takes ``NaN``, lets the last of two equal names win, and gives half a surrogate pair as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from statlas.errors import RequestError
from statlas.wording import _

MOST_NAMES = 1_000
"""Names in one object; arbitrary, far above the fields of any database."""

NOT_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What no name, code or label holds: controls, halves of a character, and what Unicode says is none."""

_LONGEST_ECHO = 60


def loads(body: bytes) -> Any:
    """What ``body`` says, every text of it one that people can read.

    Raises:
        RequestError: it is no JSON, has a name twice in one object, or holds what is no text.
    """
    found = parsed(body)
    _refuse_what_is_no_text(found)
    return found


def parsed(body: bytes) -> Any:
    """What ``body`` says.

    Raises:
        RequestError: it is no JSON, or has a name twice in one object.
    """
    try:
        # ``json`` would guess UTF-16 too; a byte order mark is what some editors begin every file with.
        text = body.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_not_a_number)
    except RecursionError:
        reason = "it is nested too deeply"
    except ValueError as error:
        reason = _reason(error)
    raise RequestError(
        _("The request's body is not JSON: {reason}.").format(reason=reason), mend=_("Send one JSON object in UTF-8.")
    )


def _reason(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg[:1].lower()}{error.msg[1:]}, line {error.lineno}, column {error.colno}"
    return "it is not text in UTF-8" if isinstance(error, UnicodeError) else "it holds a number no one can read"


def _without_repeats(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MOST_NAMES:
        raise RequestError(
            _("An object has {n:,} names; {most_names:,} are read.").format(n=len(pairs), most_names=MOST_NAMES),
            mend=_("Ask for less at once."),
        )
    found = dict(pairs)
    if len(found) < len(pairs):
        # The last would win without a word.
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise RequestError(
            _("The name {twice} stands twice in one object.").format(twice=shown(twice)),
            mend=_("Write each name once."),
        )
    return found


def _not_a_number(word: str) -> NoReturn:
    raise RequestError(_("{word} is not JSON.").format(word=word), mend=_("Write a number, or null."))


def _refuse_what_is_no_text(found: Any) -> None:
    left = [found]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            left += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            left += one
        elif isinstance(one, str) and NOT_TEXT.search(one):
            raise RequestError(
                _("The text {one} holds a character that is none.").format(one=shown(one)),
                mend=_("Leave out control characters."),
            )


def shown(text: str) -> str:
    """Sent text as a message may repeat it: short, and in ASCII where it cannot be printed."""
    cut = text if len(text) <= _LONGEST_ECHO else f"{text[:_LONGEST_ECHO]}..."
    return repr(cut) if not NOT_TEXT.search(cut) else ascii(cut)


def dumps(data: Any) -> bytes:
    """What ``loads`` gave, as a body again."""
    return json.dumps(data).encode()


def text_of(data: Any) -> str:
    """Data as JSON for people and programs: letters as they are, no blanks."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
