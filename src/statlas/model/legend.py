"""The symbols of a table, and one sentence on each that occurs in it.

Symbols are those of the Government Statistical Service; every door takes them and their sentences from here.
"""

from __future__ import annotations

from collections.abc import Iterable

from statlas.model.cells import DERIVED_STATISTICS, SYMBOLS, CellFlag, CellStatus, CubeContent, CubeMeasure
from statlas.model.protection import RuleOutcome
from statlas.model.spoken import measure_label
from statlas.wording import _, later

STRUCTURAL_ZERO = "z"
"""The mark behind the 0 of a cell that cannot hold anybody."""

FLAG_MARKS: dict[CellFlag, str] = {
    CellFlag.DERIVED: "d",
    CellFlag.UNRELIABLE: "u",
    CellFlag.PROVISIONAL: "p",
    CellFlag.REVISED: "r",
}
"""Mark of each flag, in the order in which marks follow a number."""

_SENTENCES = {
    "c": later("not shown, so that nobody can be found"),
    "x": later("not available: not collected, or there is nothing to work it out from"),
    "z": later("0 because there can be none, by definition"),
    "d": later("made of the printed numbers; where one of them is [low] its share is estimated"),
    "u": later("low reliability: more than a third of the number is estimated"),
    "p": later("provisional"),
    "r": later("revised: moved by more than noise since the release before"),
}

MOST_NAMED = 20
"""Blocked areas named one by one; as many as an outcome lists."""

NONE_OR_FEW = SYMBOLS[CellStatus.LOW]


def symbols_of(measures: Iterable[CubeMeasure]) -> tuple[str, ...]:
    """The symbols that occur in some measures: those that stand for a number first, then the marks on numbers."""
    shown = tuple(measures)
    statuses = {**SYMBOLS, CellStatus.STRUCTURAL_ZERO: STRUCTURAL_ZERO}
    found = [text for status, text in statuses.items() if any((m.status == status).any() for m in shown)]
    marks = [text for flag, text in FLAG_MARKS.items() if any((m.flags & int(flag)).any() for m in shown)]
    return (*found, *marks)


def sentence(symbol: str, cube: CubeContent) -> str:
    """What a symbol says, without a full stop."""
    if symbol == NONE_OR_FEW:
        return _low(cube)
    return _(_SENTENCES[symbol])


def legend(cube: CubeContent) -> tuple[tuple[str, str], ...]:
    """Each symbol that occurs in a cube, in brackets, with its sentence."""
    return tuple((f"[{symbol}]", sentence(symbol, cube)) for symbol in symbols_of(cube.measures))


def heading(cube: CubeContent, measure: CubeMeasure) -> str:
    """A measure at the head of its column: *Sum of pay (£)*, *% of row*.

    Its unit follows where that is no percentage and not what is counted.
    What is worked out from the only measure of a table need not repeat its name.
    """
    own = [one for one in cube.measures if one.statistic not in DERIVED_STATISTICS]
    label = measure_label(measure)
    if measure not in own and len(own) == 1:
        label = label.removeprefix(f"{measure_label(own[0])}, ")
    if measure.statistic == "COUNT" or measure.unit in ("", "%", cube.unit):
        return label
    return f"{label} ({'£' if measure.unit == 'GBP' else measure.unit})"


def blocked_by(cube: CubeContent) -> tuple[str, ...]:
    """For each rule that blocks something: what it says, how much it blocks and where, what to change."""
    return tuple(_blocking(outcome, _noun(cube, outcome)) for outcome in cube.rules if outcome.blocked)


def _noun(cube: CubeContent, outcome: RuleOutcome) -> str:
    several = any(d.is_date and len(d) > 1 for d in cube.dimensions)
    if not outcome.areas:
        return _("dates") if several else _("tables")
    return _("areas, counted for each date") if several else _("areas")


def _blocking(outcome: RuleOutcome, noun: str) -> str:
    said = _("{message} So the rule {rule} hides {blocked} of {evaluated} {noun}").format(
        message=_(outcome.message),
        rule=outcome.rule,
        blocked=f"{outcome.blocked:,}",
        evaluated=f"{outcome.evaluated:,}",
        noun=noun,
    )
    more = _(" and more") if len(outcome.areas) >= MOST_NAMED else ""
    where = f": {', '.join(outcome.areas[:MOST_NAMED])}{more}" if outcome.areas else ""
    return f"{said}{where}. {_(outcome.mend)}".strip()


def _low(cube: CubeContent) -> str:
    if not cube.threshold:
        return _("too few to show, or none")
    statistics = {measure.statistic for measure in cube.measures}
    said = _("fewer than {n}, or none").format(n=cube.threshold)
    if statistics - DERIVED_STATISTICS - {"COUNT"} and cube.n_min_magnitude:
        said += _("; beside an amount, fewer than {n}").format(n=cube.n_min_magnitude)
    if statistics & DERIVED_STATISTICS:
        said += _("; or worked out from a number that is not shown")
    return said
