"""The steps of a recipe: each a small function that adds one column to a frame, or changes one.

Draws happen once a claim; what changes with the month (awards, what a pensioner is exempt from) is a function of them
and of the month, so that a claim is the same claim in every month.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

from statlas.demonstration.columns import Coded, Frame, n_rows, where
from statlas.demonstration.months import month_number, period_code
from statlas.demonstration.step_forms import (
    OTHERWISE,
    Amount,
    Between,
    Blank,
    Cases,
    Choose,
    Net,
    Part,
    Recode,
    Set,
    Some,
    Spelled,
    Step,
    Uprate,
)
from statlas.demonstration.streams import Chance, normal
from statlas.demonstration.totals import between

Floats = NDArray[np.float64]
Chances = Callable[[Step], Chance]
"""The chance that a step draws from."""

MOST_COMBINATIONS = 1 << 20
"""Combinations of a step's codes, tilts and periods whose weights are tabled; arbitrary, far above any recipe's."""


def apply(steps: Sequence[Step], frame: Frame, chances: Chances, month: int = 0) -> None:
    """Do the steps in order; ``month`` is the number of the month in which they are done."""
    for step in steps:
        frame[step.column] = do(step, frame, chances(step), month)


@singledispatch
def do(step: Step, frame: Frame, chance: Chance, month: int) -> Coded | Floats:
    """The column a step makes."""
    raise NotImplementedError(type(step))


@do.register
def _choose(step: Choose, frame: Frame, chance: Chance, _month: int) -> Coded:
    codes = tuple(dict.fromkeys(code for weights in step.weights.values() for code in weights))
    group = _group(frame, step.by)
    rows = [step.weights.get(code, step.weights.get(OTHERWISE, {})) for code in group.codes]
    weights = np.array([[row.get(code, 0.0) for code in codes] for row in rows])
    kind, combinations = _combinations(step, frame, group)
    upto = _tilted(step, weights, codes, combinations).cumsum(axis=1)
    assert (upto[:, -1] > 0).all(), f"{step.column}: some records can have no code"
    drawn = chance.random(len(kind)) * upto[kind, -1]
    positions = np.minimum((upto[kind] <= drawn[:, None]).sum(axis=1), len(codes) - 1)
    return Coded(codes, positions.astype(np.min_scalar_type(-len(codes))))


def _combinations(step: Choose, frame: Frame, group: Coded) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(n,) which combination each row is of, and (combinations, 2 + tilts) what each is: group, period, tilts.

    Weights differ by combination only, of which there are few; so they are multiplied once for each, not for each row.
    """
    periods = _number(frame, "when") if step.drift else np.zeros(len(group))
    known, at = np.unique(periods, return_inverse=True)
    tilts = [where(frame, tilt.where).astype(np.int64) for tilt in step.tilts]
    sizes = (len(group.codes), len(known), *(2 for _ in tilts))
    assert np.prod(sizes) < MOST_COMBINATIONS, f"{step.column}: too many combinations of tilts and periods"
    index = np.ravel_multi_index((group.positions.astype(np.int64), at, *tilts), sizes)
    n_of_each = np.bincount(index, minlength=1)
    present = np.flatnonzero(n_of_each)
    kind = (np.cumsum(n_of_each > 0) - 1)[index]
    combinations = np.stack(np.unravel_index(present, sizes), axis=1)
    combinations[:, 1] = known[combinations[:, 1]]
    return kind, combinations


def _tilted(step: Choose, weights: Floats, codes: Sequence[str], combinations: NDArray[np.int64]) -> Floats:
    """(combinations, codes) the weights of each."""
    found: Floats = weights[combinations[:, 0]]
    for n, tilt in enumerate(step.tilts):
        found[combinations[:, 2 + n] == 1] *= [tilt.times.get(code, 1.0) for code in codes]
    for code, anchors in step.drift.items():
        months = np.array([month_number(str(period)) for period in combinations[:, 1]])
        found[:, codes.index(code)] *= between(anchors, months)
    return found


@do.register
def _amount(step: Amount, frame: Frame, chance: Chance, _month: int) -> Floats:
    found = _by_code(_group(frame, step.by), step.middle)
    if step.spread:
        found = found * np.exp(step.spread * normal(chance, n_rows(frame)))
    for factor in step.times:
        found = found * _by_code(_coded(frame, factor.by), {OTHERWISE: 1.0, **factor.factors})
    return found


@do.register
def _between(step: Between, frame: Frame, chance: Chance, _month: int) -> Floats:
    group = _group(frame, step.by)
    low = _by_code(group, {code: ends[0] for code, ends in step.between.items()})
    high = _by_code(group, {code: ends[1] for code, ends in step.between.items()})
    found = low + chance.random(len(low)) * (high - low)
    return np.floor(found) if step.whole else found


@do.register
def _some(step: Some, frame: Frame, chance: Chance, _month: int) -> Floats:
    things = _number(frame, step.some_of)
    share = _by_code(_group(frame, step.by), step.share)
    found = np.zeros(len(things))
    for n in range(1, int(things.max(initial=0)) + 1):
        found += (things >= n) & (chance.random(len(things)) < share)
    return found


@do.register
def _part(step: Part, frame: Frame, _chance: object, _month: int) -> Floats:
    return _pence(_number(frame, step.part_of) * _by_code(_coded(frame, step.by), {OTHERWISE: np.nan, **step.parts}))


@do.register
def _net(step: Net, frame: Frame, _chance: object, _month: int) -> Floats:
    found = np.nan_to_num(_number(frame, step.net_of))
    for name in step.plus:
        found = found + np.nan_to_num(_number(frame, name))
    for name in step.less:
        found = found - np.nan_to_num(_number(frame, name))
    if step.times:
        found = found * _number(frame, step.times)
    return _pence(np.clip(found, step.least, step.most))


@do.register
def _set(step: Set, frame: Frame, _chance: object, _month: int) -> Coded:
    column = _coded(frame, step.column)
    codes = column.codes if step.to in column.codes else (*column.codes, step.to)
    there = where(frame, step.where)
    return Coded(codes, np.where(there, codes.index(step.to), column.positions).astype(column.positions.dtype))


@do.register
def _cases(step: Cases, frame: Frame, _chance: object, _month: int) -> Coded:
    codes = tuple(dict.fromkeys([*(case.code for case in step.cases), step.otherwise]))
    holds = [where(frame, case.where) for case in step.cases]
    positions = np.select(holds, [codes.index(case.code) for case in step.cases], codes.index(step.otherwise))
    return Coded(codes, positions.astype(np.int8))


@do.register
def _recode(step: Recode, frame: Frame, _chance: object, _month: int) -> Coded:
    column = _coded(frame, step.recode)
    new = [step.codes.get(code, code if step.otherwise is None else step.otherwise) for code in column.codes]
    codes = tuple(dict.fromkeys(new))
    return Coded(codes, np.array([codes.index(code) for code in new], dtype=np.int16)[column.positions])


@do.register
def _spelled(step: Spelled, frame: Frame, _chance: object, _month: int) -> Coded:
    numbers, positions = np.unique(_number(frame, step.spell).astype(np.int64), return_inverse=True)
    return Coded(tuple(map(str, numbers)), positions.astype(np.int16))


@do.register
def _blank(step: Blank, frame: Frame, _chance: object, _month: int) -> Floats:
    return np.where(where(frame, step.blank_where), np.nan, _number(frame, step.column))


@do.register
def _uprate(step: Uprate, frame: Frame, _chance: object, month: int) -> Floats:
    period = period_code(month)
    return _number(frame, step.column) * step.uprate[max(start for start in step.uprate if start <= period)]


def _group(frame: Frame, name: str | None) -> Coded:
    """The column whose codes pick numbers; where none is named, all rows have one code."""
    if name is None:
        return Coded((OTHERWISE,), np.zeros(n_rows(frame), dtype=np.int8))
    return _coded(frame, name)


def _coded(frame: Frame, name: str) -> Coded:
    column = frame[name]
    assert isinstance(column, Coded), f"{name} is a number, not a column of codes"
    return column


def _number(frame: Frame, name: str) -> Floats:
    column = frame[name]
    assert not isinstance(column, Coded), f"{name} is a column of codes, not a number"
    return column.astype(np.float64)


def _by_code(column: Coded, numbers: Mapping[str, float]) -> Floats:
    """(n,) the number of each row's code."""
    missing = [code for code in column.codes if code not in numbers and OTHERWISE not in numbers]
    assert not missing, f"no number for {missing}"
    table = np.array([numbers[code] if code in numbers else numbers[OTHERWISE] for code in column.codes])
    found: Floats = table[column.positions]
    return found


def _pence(pounds: Floats) -> Floats:
    """Pounds in whole pence."""
    return np.round(pounds * 100) / 100
