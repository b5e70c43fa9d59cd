"""Which series break: a change that neither their own past, nor their whole, nor their like explain.

Theory of operation.
Of each code the *growth* from period to period is looked at, the logarithm of the ratio of its printed numbers.
It is measured against four references: standing still, the whole table, the code that holds it, and the middle of its
siblings.
Against each, a series has a *tolerance* learnt from its past: the largest departure it ever made, half as much again;
six times its usual departure, which is never taken for less than the noise makes, or than codes of its size and level
show; and a floor.
The reference with the smallest tolerance judges: a caseload that hardly moves is judged by itself, a flow that rises
and falls with the country by its siblings.
What another reference explains is no break of the code: where London doubles, Camden does what London does.
A break must also be large in heads: beyond noise, and beyond any change before it.

The idea of judging ratios beside those of like units, with the size taken into account, is that of Hidiroglou and
Berthelot (1986), "Statistical editing and imputation for periodic business surveys", Survey Methodology 12.
The constants were chosen on the demonstration's databases; how often they cry without a cause stands in decision
record 0211.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from statlas.model.period import Frequency

Floats = NDArray[np.float64]

PAST = {Frequency.MONTH: 24, Frequency.QUARTER: 12, Frequency.YEAR: 10, Frequency.FINANCIAL_YEAR: 10}
"""Periods of the past from which a tolerance is learnt: every season twice or more, and no longer than it must be, as
the spring of 2020 in it lets everything pass.
"""
LEAST_PAST = 6
"""Changes in the past below which nothing is called sudden."""
SPREADS = 6.0
"""Usual departures that make an unusual one: chosen so that a million series have none by chance (0211)."""
RECORDS = 1.5
"""Times the largest departure of the past."""
FLOOR = float(np.log(1.10))
"""A change of less than a tenth is never a break of a code by itself."""
FLOOR_OF_WHOLE = float(np.log(1.05))
"""Of a whole table a twentieth is."""
FLOOR_BESIDE = float(np.log(1.25))
"""Beside other series a quarter is."""
FLOOR_OF_MEAN = float(np.log(2))
"""Of a mean of one code twice is: it moves with the few people it is of, and a change of units makes more."""
EXPLAINS = 0.25
"""Part of a departure that another reference must have made itself before it explains it."""
NOISES = 3.0 * float(np.sqrt(2))
"""Standard deviations of noise within which two printed counts tell nothing apart (decisions page, D8)."""
SURELY = 6.0
"""Standard deviations that two printed counts of a revised period must be apart: of thousands none is by noise alone,
which is bounded by about three on either side."""
MEDIAN_TO_SD = 1.4826
"""Standard deviation of a normal distribution by its median absolute deviation."""
_FALLS, _FURTHER = 3, 1.25
"""Falls that are looked back upon, and how much larger the next may be; arbitrary."""
_POOL = 8
_SIBLINGS = 5
"""Codes from which a level has a spread of its own, and siblings from which they have a middle; arbitrary."""


class Beside(IntEnum):
    """Against what a series breaks: its own past, or what the whole, the code above or its siblings did."""

    NOTHING = 0
    PAST = 1
    WHOLE = 2
    PARENT = 3
    SIBLINGS = 4


@dataclass(frozen=True, eq=False)
class Family:
    """How the codes of a table belong together.

    parents: (n_codes,) position of the nearest code that holds each, -1 for none.
    siblings: positions of codes of one level under one parent. levels: positions of codes of one level.
    """

    parents: NDArray[np.int64]
    siblings: tuple[NDArray[np.int64], ...]
    levels: tuple[NDArray[np.int64], ...]


def breaks(
    values: Floats, error: Floats, whole: Floats, family: Family, *, heads: bool = True, floor: float = FLOOR
) -> NDArray[np.int8]:
    """Which codes break at the last period, and against what.

    Args:
        values: (n_periods, n_codes) printed numbers, oldest first, as many as are to be learnt from and two; NaN where
            none is printed.
        error: (n_periods, n_codes) standard deviation of their noise, and of a survey's design.
        whole: (n_periods,) printed number of the whole table; NaN where there is none.
        heads: whether they are numbers of people, whose chance grows with the root of their size.
        floor: smallest growth that is a break, as a logarithm.

    Returns:
        (n_codes,) of ``Beside``; NOTHING where a number is missing, or the past too short.
    """
    if len(values) < LEAST_PAST + 2:
        return np.zeros(values.shape[1], dtype=np.int8)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)  # of columns in which nothing is printed
        beside = _judge([*_departures(values, error, whole, family, heads=heads, floor=floor)])
        still = ~(np.abs(_growth(values[-2:])[0]) > floor)  # what did not move is judged by what moved beside it
        return np.where(still, np.int8(Beside.NOTHING), beside)


@dataclass(frozen=True, eq=False)
class _Departure:
    """How far every code departs from one reference now, and what it may.

    judges: whether the reference itself moved as it may; one that breaks explains, and judges nobody.
    moved: how much the reference itself grew. size: departure in heads; size_tolerance: what of it is usual.
    """

    now: Floats
    tolerance: Floats
    judges: NDArray[np.bool_]
    moved: Floats
    size: Floats
    size_tolerance: Floats


def _departures(
    values: Floats, error: Floats, whole: Floats, family: Family, *, heads: bool, floor: float
) -> Iterator[_Departure]:
    growth = _growth(values)
    relative = error / values
    noise = np.hypot(relative[-1], relative[-2])
    references = (np.zeros_like(growth), *_references(growth, whole, family))
    for n, reference in enumerate(references):
        departure = growth - reference
        past, now = departure[:-1], departure[-1]
        spread = np.maximum(MEDIAN_TO_SD * np.nanmedian(np.abs(past), axis=0), noise)
        spread = np.fmax(spread, _pooled(past, values, family, heads=heads))
        least = floor if n == 0 else max(floor, FLOOR_BESIDE)
        tolerance = np.fmax(np.maximum(SPREADS * spread, RECORDS * np.nanmax(np.abs(past), axis=0)), least)
        tolerance[np.isfinite(past).sum(axis=0) < LEAST_PAST] = np.inf
        usual = np.fmax(RECORDS * np.nanmax(np.abs(reference[:-1]), axis=0), least)
        judges = ~(np.abs(reference[-1]) > usual)
        size = np.abs(values[1:] - values[:-1] * np.exp(reference))
        of_noise = NOISES * np.fmax(error[-1], error[-2])
        of_size = np.fmax(RECORDS * np.nanmax(size[:-1], axis=0), of_noise)
        yield _Departure(now, tolerance, judges, reference[-1], size[-1], of_size)


def _growth(values: Floats) -> Floats:
    logs = np.log(np.where(values > 0, values, np.nan))
    return np.diff(logs, axis=0)


def _references(growth: Floats, whole: Floats, family: Family) -> tuple[Floats, ...]:
    """The growth of the whole, of the code above, and of the middle of the siblings, for each code."""
    of_whole = np.broadcast_to(_growth(whole[:, None]), growth.shape)
    of_parent, of_siblings = np.zeros_like(growth), np.zeros_like(growth)
    held = family.parents >= 0
    of_parent[:, held] = growth[:, family.parents[held]]
    for group in family.siblings:
        if len(group) >= _SIBLINGS:
            of_siblings[:, group] = np.nanmedian(growth[:, group], axis=1, keepdims=True)
    return of_whole, of_parent, of_siblings


def _pooled(past: Floats, values: Floats, family: Family, *, heads: bool) -> Floats:
    """The usual departure of codes of the same level, at the size of each."""
    size = np.sqrt(np.abs(values[:-2])) if heads else np.ones_like(values[:-2])
    scaled, found = np.abs(past) * size, np.zeros(values.shape[1])
    for level in family.levels:
        if len(level) >= _POOL:
            found[level] = MEDIAN_TO_SD * np.nanmedian(scaled[:, level])
    return found / np.sqrt(np.abs(values[-2])) if heads else found


def _judge(departures: Sequence[_Departure]) -> NDArray[np.int8]:
    """Codes that depart from the reference that knows them best, unless another explains it."""
    tolerances = np.stack([np.where(np.isfinite(d.tolerance), d.tolerance, np.inf) for d in departures])
    usable = np.where(np.stack([d.judges for d in departures]), tolerances, np.inf)
    best, codes = np.argmin(usable, axis=0), np.arange(tolerances.shape[1])
    now = np.stack([d.now for d in departures])
    chosen, moved = now[best, codes], np.stack([d.moved for d in departures])
    large = np.stack([d.size > d.size_tolerance for d in departures])[best, codes]
    found: NDArray[np.bool_] = (np.abs(chosen) > tolerances[best, codes]) & large
    for n in range(len(departures)):
        within = (np.abs(now[n]) <= tolerances[n]) & np.isfinite(tolerances[n])
        towards = np.sign(moved[n]) == np.sign(chosen)
        far = np.abs(moved[n] - moved[best, codes]) >= EXPLAINS * np.abs(chosen)
        found &= ~(within & towards & far)
    return np.where(found, best + 1, Beside.NOTHING).astype(np.int8)


def revisions(was: Floats, now: Floats, error: Floats, family: Family, *, floor: float = FLOOR) -> NDArray[np.bool_]:
    """Which codes are revised by more than noise and by more than their whole, their parent or their like.

    Args:
        was, now: (n_codes,) printed numbers of one period in two releases, the whole first; NaN where none is printed.
        error: (n_codes,) the larger standard deviation of their noise.
        family: of the codes after the whole.

    Returns:
        (n_codes,) bool, the whole first.
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        change = _growth(np.stack([was, now]))[0]
        beyond = np.abs(now - was) > SURELY * error
        whole, codes = change[0], change[1:]
        references = _references(codes[None], np.stack([was[:1], now[:1]])[:, 0], family)
        found = np.abs(codes) > floor
        for reference in references:
            found &= np.abs(codes - reference[0]) > floor
    return np.concatenate([[bool(np.abs(whole) > FLOOR_OF_WHOLE)], found]) & beyond


def fading(past: Floats, least: float) -> NDArray[np.bool_]:
    """Which numbers were on their way out: one more fall like those of the last three periods ends them.

    Args:
        past: (n_periods, ...) numbers, oldest first, 0 for none.
        least: the number below which one may be hidden.
    """
    falls = np.maximum(-np.diff(past[-_FALLS - 1 :], axis=0), 0)
    largest = falls.max(axis=0) if len(falls) else np.zeros(past.shape[1:])
    found: NDArray[np.bool_] = past[-1] - _FURTHER * largest <= least
    return found
