"""Arithmetic over named numbers: ``{2} / ({1} + {2}) * 100``, read once into steps of a stack machine.

    sum     = product (("+" | "-") product)*
    product = signed (("*" | "/") signed)*
    signed  = ("-" | "+") signed | number | "{" name "}" | "(" sum ")" | function "(" sum ("," sum)* ")"

Functions are ``round(x)``, ``round(x, decimals)``, ``min`` and ``max``.
There is no power, no name without braces and no other function, and a text is read without running any of it.
Steps lie flat, so that working them out needs no recursion however long a formula is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from statlas.errors import QueryError
from statlas.wording import _, later

MAX_LENGTH = 2_000
"""Characters of a formula, arbitrary: some hundred names."""

MAX_DEPTH = 30
"""Brackets, functions and signs within one another, arbitrary."""

MAX_DECIMALS = 6
"""Decimals to which ``round`` rounds; a published number has no more."""

FUNCTIONS = {"round": (1, 2), "min": (2, 20), "max": (2, 20)}
"""Functions, with the least and most numbers that they take."""

_MEND = later("Use names in braces, numbers, + - * / ( ), round, min and max.")
_TOKEN = re.compile(r"[ \t\r\n]*(?:([0-9]+(?:\.[0-9]*)?|\.[0-9]+)|\{([^{}]*)\}|([A-Za-z_][A-Za-z_0-9]*)|([-+*/(),]))")
_BLANKS = " \t\r\n"


@dataclass(frozen=True)
class Name:
    """Push a named number."""

    name: str


@dataclass(frozen=True)
class Number:
    """Push a number that stands in the text."""

    value: float


@dataclass(frozen=True)
class Apply:
    """Replace the last ``n`` numbers by their ``+ - * /``, ``negative``, ``min``, ``max``, or ``round`` of the last."""

    operation: str
    n: int
    decimals: int = 0


Step = Name | Number | Apply


@dataclass(frozen=True)
class Arithmetic:
    """A formula read: ``parse("{A} / {B}")`` has the steps push A, push B, divide the last two."""

    text: str
    steps: tuple[Step, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names in braces, each once, in order."""
        return tuple(dict.fromkeys(step.name for step in self.steps if isinstance(step, Name)))


def parse(text: str) -> Arithmetic:
    """The arithmetic that ``text`` writes.

    Raises:
        QueryError: it writes none; ``position`` is the character, from 1, at which reading stopped.
    """
    if len(text) > MAX_LENGTH:
        _refuse(
            _("it is longer than {n:,} characters").format(n=MAX_LENGTH), MAX_LENGTH + 1, _("Write a shorter formula.")
        )
    reader = _Reader(text)
    reader.sum()
    if reader.kind:
        _refuse(_("{said} is not expected").format(said=reader.said), reader.start + 1)
    made = Arithmetic(text, tuple(reader.steps))
    if not made.names:
        _refuse(_("it names no number"), len(text) + 1, _("Name numbers in braces, as in {A} / {B} * 100."))
    return made


def _refuse(what: str, position: int, mend: str = "") -> NoReturn:
    raise QueryError(
        _("The formula cannot be read at character {position}: {what}.").format(position=position, what=what),
        mend=mend or _(_MEND),
        position=position,
    )


class _Reader:
    """Reads a text from left to right; ``kind``, ``value`` and ``start`` (from 0) are of the part that comes next."""

    def __init__(self, text: str) -> None:
        self.steps: list[Step] = []
        self._text = text
        self._depth = 0
        self._end = 0
        self._next()

    @property
    def said(self) -> str:
        return repr(self._text[self.start : min(self._end, self.start + 20)]) if self.kind else _("the end")

    def _next(self) -> None:
        found = _TOKEN.match(self._text, self._end)
        if found is None:
            self._at_end()
            return
        self._end = found.end()
        group = found.lastindex or 0
        self.kind = ("", "number", "name", "word", "symbol")[group]
        self.value = found[group]
        self.start = found.start(group) - (self.kind == "name")

    def _at_end(self) -> None:
        rest = self._text[self._end :]
        self.start = self._end + len(rest) - len(rest.lstrip(_BLANKS))
        if self.start < len(self._text):
            _refuse(_("{sign!r} has no meaning there").format(sign=self._text[self.start]), self.start + 1)
        self.kind, self.value = "", ""

    def _is(self, *symbols: str) -> bool:
        return self.kind == "symbol" and self.value in symbols

    def _expect(self, symbol: str) -> None:
        if not self._is(symbol):
            _refuse(_("{symbol!r} is expected, not {said}").format(symbol=symbol, said=self.said), self.start + 1)
        self._next()

    def sum(self) -> None:
        """Sums and differences, from left to right."""
        self._chain(self._product, "+", "-")

    def _product(self) -> None:
        self._chain(self._signed, "*", "/")

    def _chain(self, part: Callable[[], None], *symbols: str) -> None:
        part()
        while self._is(*symbols):
            symbol = self.value
            self._next()
            part()
            self.steps.append(Apply(symbol, 2))

    def _signed(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            _refuse(_("it is nested too deeply"), self.start + 1, _("Write a flatter formula."))
        if self._is("-", "+"):
            self._sign()
        elif self._is("("):
            self._next()
            self.sum()
            self._expect(")")
        else:
            self._single()
        self._depth -= 1

    def _sign(self) -> None:
        is_minus = self.value == "-"
        self._next()
        self._signed()
        if is_minus:
            self.steps.append(Apply("negative", 1))

    def _single(self) -> None:
        kind, value, start = self.kind, self.value, self.start
        if kind == "word":
            self._call()
            return
        if kind not in ("number", "name"):
            _refuse(_("a number or a name in braces is expected, not {said}").format(said=self.said), start + 1)
        if kind == "name" and not value.strip():
            _refuse(_("the braces hold no name"), start + 1)
        self._next()
        self.steps.append(Name(value.strip()) if kind == "name" else Number(_finite(value, start)))

    def _call(self) -> None:
        name, start = self.value, self.start
        if name not in FUNCTIONS:
            _refuse(_("{name!r} is no function; names of numbers stand in braces").format(name=name[:40]), start + 1)
        self._next()
        self._expect("(")
        n = self._arguments()
        least, most = FUNCTIONS[name]
        if not least <= n <= most:
            _refuse(
                _("{name} takes {least} to {most} numbers, not {n}").format(name=name, least=least, most=most, n=n),
                start + 1,
            )
        self.steps.append(Apply(name, n) if name != "round" else self._round(n, start))

    def _arguments(self) -> int:
        n = 1
        self.sum()
        while self._is(","):
            self._next()
            self.sum()
            n += 1
        self._expect(")")
        return n

    def _round(self, n: int, start: int) -> Apply:
        if n == 1:
            return Apply("round", 1)
        decimals = self.steps.pop()
        if not isinstance(decimals, Number) or decimals.value not in range(MAX_DECIMALS + 1):
            _refuse(_("the decimals of round are a whole number from 0 to {n}").format(n=MAX_DECIMALS), start + 1)
        return Apply("round", 1, int(decimals.value))


def _finite(text: str, start: int) -> float:
    value = float(text)
    if value == float("inf"):
        _refuse(_("the number is too large"), start + 1)
    return value
