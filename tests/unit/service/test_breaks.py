"""What counts as a break of a series."""

from __future__ import annotations

import numpy as np
import pytest

from statlas.service.tables.screening.breaks import Beside, Family, breaks, revisions

SD = 1.7


def family(parents: list[int], levels: list[list[int]]) -> Family:
    """Codes under their parents, those of one parent and level being siblings."""
    siblings: dict[tuple[int, int], list[int]] = {}
    for n, level in enumerate(levels):
        for code in level:
            siblings.setdefault((n, parents[code]), []).append(code)
    return Family(np.array(parents), _arrays([*siblings.values()]), _arrays(levels))


def _arrays(groups: list[list[int]]) -> tuple[np.ndarray, ...]:
    return tuple(np.array(group) for group in groups)


COUNTRY = family([-1, -1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1], [[0, 1], [*range(2, 12)]])
"""Two regions of five areas each."""


def country(seed: int = 0, n: int = 26, wave: float = 0.0) -> np.ndarray:
    """Numbers of the regions and their areas; ``wave`` moves all of them together."""
    chance = np.random.default_rng(seed)
    common = np.exp(np.cumsum(chance.normal(0, wave, n)))[:, None] if wave else 1.0
    areas = 900 * np.exp(chance.normal(0, 0.4, 10)) * common * np.exp(chance.normal(0, 0.01, (n, 10)))
    return np.round(np.column_stack([areas[:, :5].sum(1), areas[:, 5:].sum(1), areas]))


def judged(values: np.ndarray, **more: float) -> list[int]:
    """Codes that break at the last period."""
    whole = np.nansum(values[:, :2], axis=1)
    return [int(n) for n in np.flatnonzero(breaks(values, np.full(values.shape, SD), whole, COUNTRY, **more))]


@pytest.mark.parametrize("wave", [0.0, 0.3])
@pytest.mark.parametrize("seed", range(10))
def test_what_goes_on_as_ever_breaks_nowhere(seed: int, wave: float) -> None:
    """Neither in a steady caseload, nor in one that rises and falls with the country."""
    assert judged(country(seed, wave=wave)) == []


@pytest.mark.parametrize("wave", [0.0, 0.3])
@pytest.mark.parametrize("factor", [0.5, 0.7, 1.5, 10.0])
def test_an_area_that_breaks_is_told(factor: float, wave: float) -> None:
    """Whether it falls or rises, beside steady areas as beside moving ones."""
    values = country(wave=wave)
    values[-1, 4] *= factor
    assert 4 in judged(values)
    assert not set(judged(values)) & {2, 3, 5, 6, *range(7, 12)}


def test_the_areas_of_a_region_that_breaks_are_not_told() -> None:
    """Each does what its region does."""
    values = country()
    values[-1, [0, 2, 3, 4, 5, 6]] *= 2
    assert judged(values) == [0]


def test_nothing_is_told_where_everything_doubles() -> None:
    """That is told of the whole."""
    values = country()
    values[-1] *= 2
    assert judged(values) == []


def test_an_area_that_stands_still_is_not_told() -> None:
    """Where all others double, it did nothing; the whole is told of."""
    values = country()
    values[-1] *= 2
    values[-1, 4] /= 2
    assert 4 not in judged(values)


def test_small_numbers_move_by_noise() -> None:
    """Six people that become eleven are no break."""
    values = country()
    values[:, 4] = 6
    values[-1, 4] = 11
    assert judged(values) == []


def test_a_known_season_is_no_break() -> None:
    """What happened a year before happens again."""
    values = country()
    values[[0, 1, 13, 25], 4] *= 3
    assert judged(values) == []


def test_missing_numbers_are_no_break() -> None:
    """What is hidden is told of elsewhere."""
    values = country()
    values[-1, 4] = np.nan
    values[5:, 7] = np.nan
    assert judged(values) == []


@pytest.mark.parametrize("n", [1, 2, 7])
def test_a_short_past_judges_nobody(n: int) -> None:
    """With fewer than six changes nothing is called sudden."""
    values = country(n=n)
    values[-1, 4] *= 10
    assert judged(values) == []


def test_it_is_said_against_what_a_series_breaks() -> None:
    """Among areas that move together, one that does not is told beside them, not beside its own past."""
    values = country(wave=0.3)
    values[-1, 4] *= 0.3
    beside = breaks(values, np.full(values.shape, SD), values[:, :2].sum(axis=1), COUNTRY)
    assert beside[4] in (Beside.WHOLE, Beside.PARENT, Beside.SIBLINGS)


def test_a_revision_is_told_of_the_code_that_moved() -> None:
    """The others, and its whole, moved less than a tenth."""
    was = country()[-1]
    now = was.copy()
    now[4] *= 0.6
    error = np.full(13, SD)
    found = revisions(np.concatenate([[9000.0], was]), np.concatenate([[8800.0], now]), error, COUNTRY)
    assert [int(n) for n in np.flatnonzero(found)] == [5]


def test_noise_drawn_anew_is_no_revision() -> None:
    """Small numbers that differ by what noise makes are not told."""
    was = np.array([200.0, *[12.0] * 12])
    now = np.array([201.0, *[12.0 + step for step in (-6, 6, 5, -5, 4, -4, 3, -3, 2, -2, 1, -1)]])
    assert not revisions(was, now, np.full(13, SD), COUNTRY).any()
