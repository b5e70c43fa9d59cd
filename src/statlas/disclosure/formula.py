"""Arithmetic on printed numbers, with their status and the uncertainty that comes with them.

Rules of the room: a result is a function of printed numbers alone, and where one of them is not printed neither is the
result.
Everything derived rounds here, once: half to even at the precision, after a millionth of the last place has been
rounded off, so that the last bit of a binary number cannot tip a half.

The standard deviation is carried along to the first order.
How the noises of the parts hang together is not known (they may hold the same people), so what is given is the bound
that holds however they do::

    sd(f(x, y, ...)) <= |df/dx| sd(x) + |df/dy| sd(y) + ...
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from statlas.model.arithmetic import Apply, Arithmetic, Name, Number
from statlas.model.cells import CellFlag, CellStatus

Floats = NDArray[np.float64]

_GUARD = 6
"""Decimals kept below the last place while rounding: far above the error of a double, far below a half."""

_KEPT_FLAGS = int(CellFlag.UNRELIABLE | CellFlag.PROVISIONAL | CellFlag.REVISED)


@dataclass(frozen=True, eq=False)
class Part:
    """Printed numbers that stand in arithmetic.

    values, sd: float64; status: uint8 array of ``CellStatus``; flags: uint8 array of ``CellFlag``; all of one shape, or
    of shapes that broadcast together.
    se: float64, standard errors of a survey's design; None where every unit is counted.
    """

    values: Floats
    status: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    sd: Floats
    se: Floats | None = None


def work_out(arithmetic: Arithmetic, parts: Mapping[str, Part], *, precision: int) -> Part:
    """The numbers that a formula makes of printed numbers.

    Args:
        arithmetic: a formula; ``parts`` has all its names.
        precision: decimals of the result.

    Returns:
        Values rounded; *low* where a part is low, *confidential* where one is, *not available* where one is not or a
        division is by zero. Flags of low reliability, provisional and revised are those of any part.
        ``sd`` is the bound above, rounded up to ``sd_decimals``; 0 where nothing is printed.
    """
    used = [parts[name] for name in arithmetic.names]
    with np.errstate(all="ignore"):
        found = _run(arithmetic, parts)
        shape = np.broadcast_shapes(*(part.values.shape for part in used))
        values = round_half_even(np.broadcast_to(found.values, shape), precision)
        bound = _bound(found, {name: parts[name].sd for name in arithmetic.names}, shape)
    status = common_status([part.status for part in used])
    meant = np.broadcast_to(found.meant, shape) & np.isfinite(values) & np.isfinite(bound)
    status = np.where((status == CellStatus.SHOWN) & ~meant, CellStatus.NOT_AVAILABLE, status).astype(np.uint8)
    shown = status == CellStatus.SHOWN
    return Part(
        np.where(shown, values, 0.0) + 0.0,  # no negative zero
        status,
        np.where(shown, _flags(used), 0).astype(np.uint8),
        np.where(shown, round_up(bound, sd_decimals(precision)), 0.0),
        _design_errors(found, arithmetic.names, parts, shown),
    )


def sd_decimals(precision: int) -> int:
    """Decimals of the standard deviation beside a number: one for whole numbers, else two, and never fewer than the
    number itself has; with one only, that of a percentage would nearly always be 0.0.
    """
    return 1 if precision <= 0 else max(2, precision)


def round_half_even(values: Floats, precision: int) -> Floats:
    """Values at ``precision`` decimals, half to even; a millionth of the last place is rounded off first."""
    scale = 10.0**precision
    return np.asarray(np.rint(np.round(values * scale, _GUARD)) / scale, np.float64)


def round_up(values: Floats, decimals: int) -> Floats:
    """Values rounded up to ``decimals``, but for a millionth of the last place."""
    scale = 10.0**decimals
    return np.asarray(np.ceil(np.round(values * scale, _GUARD)) / scale, np.float64)


def common_status(statuses: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """The status of what is made of several cells: confidential, not available, low, in this order; else shown."""
    shape = np.broadcast_shapes(*(status.shape for status in statuses))
    found = np.full(shape, CellStatus.SHOWN, np.uint8)
    for hiding in (CellStatus.LOW, CellStatus.NOT_AVAILABLE, CellStatus.CONFIDENTIAL):
        for status in statuses:
            found = np.where(status == hiding, hiding, found).astype(np.uint8)
    return found


def _flags(used: Sequence[Part]) -> NDArray[np.int64]:
    found = np.zeros((), np.int64)
    for part in used:
        found = found | (part.flags.astype(np.int64) & _KEPT_FLAGS)
    return np.asarray(found)


# --- running the steps ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Term:
    """A number on the stack: its value, its derivative by each name in it, and where it means something."""

    values: Floats
    slopes: Mapping[str, Floats]
    meant: NDArray[np.bool_]


def _run(arithmetic: Arithmetic, parts: Mapping[str, Part]) -> _Term:
    stack: list[_Term] = []
    for step in arithmetic.steps:
        match step:
            case Name(name):
                stack.append(_Term(parts[name].values, {name: np.ones(())}, np.ones((), np.bool_)))
            case Number(value):
                stack.append(_Term(np.array(value), {}, np.ones((), np.bool_)))
            case Apply(operation, n, decimals):
                stack[-n:] = [_apply(operation, stack[-n:], decimals)]
    [found] = stack
    return found


def _apply(operation: str, terms: Sequence[_Term], decimals: int) -> _Term:
    match operation, terms:
        case "+" | "-", (a, b):
            sign = 1.0 if operation == "+" else -1.0
            return _term(terms, a.values + sign * b.values, (1.0, sign))
        case "*", (a, b):
            return _term(terms, a.values * b.values, (b.values, a.values))
        case "/", (a, b):
            found = _term(terms, a.values / b.values, (1.0 / b.values, -a.values / (b.values * b.values)))
            return _Term(found.values, found.slopes, np.asarray(found.meant & (b.values != 0)))
        case "negative", (a,):
            return _term(terms, -a.values, (-1.0,))
        case "round", (a,):
            return _term(terms, round_half_even(a.values, decimals), (1.0,))
        case _:
            return _extreme(terms, is_largest=operation == "max")


def _extreme(terms: Sequence[_Term], *, is_largest: bool) -> _Term:
    """The largest or smallest; its slope is that of the first term that reaches it."""
    best = terms[0]
    for term in terms[1:]:
        better = term.values > best.values if is_largest else term.values < best.values
        values = np.where(better, term.values, best.values)
        best = _term((best, term), values, (np.where(better, 0.0, 1.0), np.where(better, 1.0, 0.0)))
    return best


def _term(terms: Sequence[_Term], values: Floats, factors: Sequence[Floats | float]) -> _Term:
    """A term made of others: the chain rule, and meant where all of them are."""
    slopes: dict[str, Floats] = {}
    meant = np.ones((), np.bool_)
    for term, factor in zip(terms, factors, strict=True):
        meant = np.asarray(meant & term.meant)
        for name, slope in term.slopes.items():
            slopes[name] = np.asarray(slopes.get(name, 0.0) + slope * factor)
    return _Term(np.asarray(values, np.float64), slopes, meant)


def _bound(found: _Term, spreads: Mapping[str, Floats], shape: tuple[int, ...]) -> Floats:
    """The bound at the head of the module, not rounded."""
    bound = np.zeros(shape)
    for name, slope in found.slopes.items():
        # A part that is exact adds nothing, however steep the slope.
        bound = bound + np.where(spreads[name] == 0, 0.0, np.abs(slope) * spreads[name])
    return bound


def _design_errors(
    found: _Term, names: Sequence[str], parts: Mapping[str, Part], shown: NDArray[np.bool_]
) -> Floats | None:
    """Standard errors of a survey's design, carried along by the same bound, to two significant figures."""
    errors = {name: parts[name].se for name in names}
    if all(error is None for error in errors.values()):
        return None
    spreads = {name: np.zeros(()) if error is None else error for name, error in errors.items()}
    with np.errstate(all="ignore"):
        bound = _bound(found, spreads, shown.shape)
    return two_figures(np.where(shown, bound, 0.0))


def two_figures(values: Floats) -> Floats:
    """Values rounded up to two significant figures; 0 stays 0."""
    places = np.where(values > 0, 1 - np.floor(np.log10(np.where(values > 0, values, 1.0))), 0.0)
    # Powers of ten above one are exact, those below are not.
    up, down = 10.0 ** np.maximum(places, 0), 10.0 ** np.maximum(-places, 0)
    return np.asarray(np.ceil(np.round(values * up / down, _GUARD)) / up * down, np.float64)
