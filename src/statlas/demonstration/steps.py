"""The steps of a recipe: each a small function that adds one column to a frame, or changes one.

Draws happen once a claim; what changes with the month (awards, what a pensioner is exempt from) is a function of them
and of the month, so that a claim is the same claim in every month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

from statlas.demonstration.columns import Coded, Frame, n_rows, where
from statlas.demonstration.months import period_code
from statlas.demonstration.recipe import OTHERWISE, Amount, Between, Choose, Net, Part, Set, Step, Uprate
from statlas.demonstration.streams import normal

Floats = NDArray[np.float64]


def apply(steps: Sequence[Step], frame: Frame, chance: Mapping[str, np.random.Generator], month: int = 0) -> None:
    """Do the steps in order; ``chance`` is a stream for each column, needed by the steps that draw."""
    for step in steps:
        frame[step.column] = do(step, frame, chance.get(step.column), month)


@singledispatch
def do(step: Step, frame: Frame, chance: np.random.Generator | None, month: int) -> Coded | Floats:
    """The column a step makes."""
    raise NotImplementedError(type(step))


@do.register
def _choose(step: Choose, frame: Frame, chance: np.random.Generator, _month: int) -> Coded:
    codes = tuple(dict.fromkeys(code for weights in step.weights.values() for code in weights))
    group = _coded(frame, step.by)
    rows = [step.weights.get(code, step.weights.get(OTHERWISE, {})) for code in group.codes]
    weights = np.array([[row.get(code, 0.0) for code in codes] for row in rows])[group.positions]
    for tilt in step.tilts:
        rows_there = np.flatnonzero(where(frame, tilt.where))
        weights[rows_there] *= [tilt.times.get(code, 1.0) for code in codes]
    upto = weights.cumsum(axis=1)
    assert (upto[:, -1] > 0).all(), f"{step.column}: some records can have no code"
    drawn = chance.random(len(upto)) * upto[:, -1]
    positions = np.minimum((upto <= drawn[:, None]).sum(axis=1), len(codes) - 1)
    return Coded(codes, positions.astype(np.int8))


@do.register
def _amount(step: Amount, frame: Frame, chance: np.random.Generator, _month: int) -> Floats:
    found = _by_code(_coded(frame, step.by), step.middle) * np.exp(step.spread * normal(chance, n_rows(frame)))
    for factor in step.times:
        found = found * _by_code(_coded(frame, factor.by), {OTHERWISE: 1.0, **factor.factors})
    return found


@do.register
def _between(step: Between, frame: Frame, chance: np.random.Generator, _month: int) -> Floats:
    group = _coded(frame, step.by)
    low = _by_code(group, {code: ends[0] for code, ends in step.between.items()})
    high = _by_code(group, {code: ends[1] for code, ends in step.between.items()})
    return low + chance.random(len(low)) * (high - low)


@do.register
def _part(step: Part, frame: Frame, _chance: object, _month: int) -> Floats:
    return _pence(_number(frame, step.part_of) * _by_code(_coded(frame, step.by), {OTHERWISE: np.nan, **step.parts}))


@do.register
def _net(step: Net, frame: Frame, _chance: object, _month: int) -> Floats:
    found = _number(frame, step.net_of)
    for name in step.less:
        found = found - np.nan_to_num(_number(frame, name))
    if step.times:
        found = found * _number(frame, step.times)
    return _pence(np.maximum(found, step.least))


@do.register
def _set(step: Set, frame: Frame, _chance: object, _month: int) -> Coded:
    column = _coded(frame, step.column)
    codes = column.codes if step.to in column.codes else (*column.codes, step.to)
    there = where(frame, step.where)
    return Coded(codes, np.where(there, codes.index(step.to), column.positions).astype(column.positions.dtype))


@do.register
def _uprate(step: Uprate, frame: Frame, _chance: object, month: int) -> Floats:
    period = period_code(month)
    return _number(frame, step.column) * step.uprate[max(start for start in step.uprate if start <= period)]


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
