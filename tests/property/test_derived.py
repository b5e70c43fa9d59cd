"""Everything derived is worked out from printed numbers alone: plain twins that read a file of the cube agree.

The twins know no numpy: they take rows as a reader of the file has them, add nothing up that the file does not print,
and compute with fractions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

from cubes import public_cubes
from hypothesis import given
from hypothesis import strategies as st

from statlas.disclosure import derived
from statlas.disclosure.derived_items import with_item
from statlas.model.cube import Cube, CubeMeasure
from statlas.model.derived import Change, Formula, Percentage, Rank, Share, Since

Place = tuple[str, ...]


@dataclass(frozen=True)
class Read:
    """One row of a file: the number as a fraction (None where none is printed), its symbol and its noise."""

    value: Fraction | None
    status: str
    sd: Fraction


def rows_of(cube: Cube, measure: CubeMeasure) -> dict[Place, Read]:
    """The file of a cube as its reader has it: by the codes of month, area and kind; a total's code is empty."""
    frame = cube.to_arrow().to_pydict()
    name = "" if len(cube.measures) == 1 else f"{measure.label} "
    codes = zip(frame["month_code"], frame["area_code"], frame["kind_code"], strict=True)
    numbers = zip(frame[f"{name}value"], frame[f"{name}status"], frame[f"{name}noise_sd"], strict=True)
    return {
        place: Read(None if value is None else Fraction(str(value)), status, Fraction(str(sd)))
        for place, (value, status, sd) in zip(codes, numbers, strict=True)
    }


def rounded(value: Fraction, precision: int) -> Fraction:
    """Half to even at the precision, after a millionth of the last place is rounded off."""
    return Fraction(round(round(value * 10**precision, 6)), 10**precision)


def bound(value: Fraction, decimals: int) -> Fraction:
    """Rounded up, but for a millionth of the last place."""
    return Fraction(math.ceil(round(value * 10**decimals, 6)), 10**decimals)


def hidden(parts: list[Read]) -> str:
    """The symbol of what is made of several cells; empty where all are printed."""
    found = {part.status for part in parts}
    return next((symbol for symbol in ("c", "x", "low") if symbol in found), "")


def share_definition(part: Read, whole: Read, *, is_whole: bool) -> Read:
    """100 part / whole, and the first-order bound of its noise."""
    symbol = hidden([part, whole])
    if symbol or whole.value == 0:
        return Read(None, symbol or "x", Fraction(0))
    x, y = part.value, whole.value
    noise = Fraction(0) if is_whole else 100 * (part.sd / abs(y) + abs(x) * whole.sd / y**2)
    return Read(rounded(100 * x / y, 1), part.status, bound(noise, 2))


def difference_definition(now: Read, then: Read, precision: int) -> Read:
    """The later less the earlier; the noises may pull in opposite directions, so their sizes add up."""
    symbol = hidden([now, then])
    if symbol:
        return Read(None, symbol, Fraction(0))
    noise = bound(now.sd + then.sd, 2 if precision else 1)
    return Read(rounded(now.value - then.value, precision), "z" if now.status == then.status == "z" else "", noise)


def growth_definition(now: Read, then: Read) -> Read:
    """100 (now - then) / then."""
    symbol = hidden([now, then])
    if symbol or then.value == 0:
        return Read(None, symbol or "x", Fraction(0))
    noise = 100 * (now.sd / abs(then.value) + abs(now.value) * then.sd / then.value**2)
    return Read(rounded(100 * (now.value - then.value) / then.value, 1), "", bound(noise, 2))


def agree(found: dict[Place, Read], expected: dict[Place, Read]) -> None:
    """Equal cell by cell: same symbol, same number to the last digit, and the bound to a unit of its last place.

    The bound is a ceiling, which a double may reach from the other side.
    """
    assert found.keys() == expected.keys()
    for place, one in expected.items():
        other = found[place]
        assert (other.value, other.status) == (one.value, one.status), place
        assert abs(other.sd - one.sd) <= max(Fraction(1, 100), one.sd / 10**12), place


additive = st.sampled_from([0, 1])


@given(public_cubes(), st.sampled_from(Share), additive)
def test_percentages_follow_from_the_file(cube, of, which):
    """Each is 100 times a printed cell by the printed total of its row, column or table."""
    made = derived.percentage(cube, cube.measures[which], Percentage(of))
    rows = rows_of(cube, cube.measures[which])

    def whole(place: Place) -> Place:
        month, area, kind = place
        return {Share.ROW: (month, area, ""), Share.COLUMN: (month, "", kind), Share.TOTAL: (month, "", "")}[of]

    expected = {
        place: share_definition(read, rows[whole(place)], is_whole=place == whole(place))
        for place, read in rows.items()
    }
    agree(rows_of(with_measure(cube, made), made), expected)


@given(public_cubes(), st.sampled_from(Since), st.booleans(), st.integers(0, 2))
def test_changes_follow_from_the_file(cube, since, percent, which):
    """Each is a printed cell and the same cell of an earlier month; *not available* before the first."""
    measure = cube.measures[which]
    months = [item.nodes[0].code for item in cube.dimensions[0].items]
    earlier = {month: earlier_definition(month, since) for month in months}
    made = derived.change(cube, measure, Change(since, percent), earlier)
    rows = rows_of(cube, measure)
    absent = Read(None, "x", Fraction(0))
    pairs = {place: (read, rows.get((earlier[place[0]], *place[1:]), absent)) for place, read in rows.items()}
    expected = {
        place: growth_definition(now, then) if percent else difference_definition(now, then, measure.precision)
        for place, (now, then) in pairs.items()
    }
    agree(rows_of(with_measure(cube, made), made), expected)


def earlier_definition(month: str, since: Since) -> str:
    """The month before, or the same a year ago."""
    number = int(month[:4]) * 12 + int(month[4:]) - 1 - (12 if since is Since.YEAR else 1)
    return f"{number // 12:04d}{number % 12 + 1:02d}"


@given(public_cubes(largest=8), st.booleans(), st.integers(0, 2))
def test_places_follow_from_the_file(cube, ascending, which):
    """A place is one more than the number of printed cells beside it that are better."""
    made = derived.rank(cube, cube.measures[which], Rank("area", ascending=ascending))
    rows = rows_of(cube, cube.measures[which])
    for place, found in rows_of(with_measure(cube, made), made).items():
        month, area, kind = place
        rivals = [r for (m, a, k), r in rows.items() if (m, k) == (month, kind) and a and not r.status]
        if area == "" or rows[place].status == "z":
            assert (found.value, found.status) == (None, "x")
        elif rows[place].status:
            assert (found.value, found.status) == (None, rows[place].status)
        else:
            own = rows[place].value
            assert found.value == 1 + sum(r.value < own if ascending else r.value > own for r in rivals)


@given(public_cubes())
def test_formulas_over_measures_follow_from_the_file(cube):
    """The sum by the count, in pence, is the file's sum by the file's count."""
    asked = Formula("Pay a head", "{PAY:SUM} / {T}", precision=2)
    made = derived.formula(asked, {m.id: m for m in cube.measures if m.statistic != "MEAN"})
    n, pay = rows_of(cube, cube.measures[0]), rows_of(cube, cube.measures[1])
    expected = {place: quotient_definition(pay[place], n[place]) for place in n}
    agree(rows_of(with_measure(cube, made), made), expected)


def quotient_definition(x: Read, y: Read) -> Read:
    """One by another, at two decimals."""
    symbol = hidden([x, y])
    if symbol or y.value == 0:
        return Read(None, symbol or "x", Fraction(0))
    noise = x.sd / abs(y.value) + abs(x.value) * y.sd / y.value**2
    return Read(rounded(x.value / y.value, 2), "", bound(noise, 2))


@given(public_cubes(), st.integers(0, 1))
def test_formulas_over_items_follow_from_the_file(cube, which):
    """The share of one kind in two is made of the file's two cells, and every other cell stays as it is."""
    asked = Formula("Share", "{one} / ({one} + {all}) * 100", "kind", 1)
    more = with_item(cube, asked, {"one": 0, "all": len(cube.dimensions[2]) - 1})
    rows, found = rows_of(cube, cube.measures[which]), rows_of_items(more, which)
    for month, area in product(*({place[n] for place in rows} for n in (0, 1))):
        x, y = rows[(month, area, "k0")], rows[(month, area, "")]
        symbol = hidden([x, y])
        total = None if symbol else x.value + y.value
        read = found[(month, area, "Share")]
        if symbol or total == 0:
            assert (read.value, read.status) == (None, symbol or "x")
        else:
            assert read.value == rounded(100 * x.value / total, 1)
            noise = 100 * (abs(y.value) * x.sd + abs(x.value) * y.sd) / total**2
            assert abs(read.sd - bound(noise, 2)) <= max(Fraction(1, 100), noise / 10**12)
    unchanged = {place: read for place, read in found.items() if place[2] != "Share"}
    assert {place: read.value for place, read in unchanged.items()} == {p: r.value for p, r in rows.items()}


def rows_of_items(cube: Cube, which: int) -> dict[Place, Read]:
    """The file by codes, with the formula's column under its label."""
    frame = cube.to_arrow().to_pydict()
    labels = [
        label if label == "Share" else code for code, label in zip(frame["kind_code"], frame["Kind"], strict=True)
    ]
    rows = iter(zip(frame["month_code"], frame["area_code"], labels, strict=True))
    name = f"{cube.measures[which].label} "
    numbers = zip(frame[f"{name}value"], frame[f"{name}status"], frame[f"{name}noise_sd"], strict=True)
    return {
        place: Read(None if value is None else Fraction(str(value)), status, Fraction(str(sd)))
        for place, (value, status, sd) in zip(rows, numbers, strict=True)
    }


def with_measure(cube: Cube, made: CubeMeasure) -> Cube:
    """The cube with that measure alone."""
    return replace(cube, measures=(made,))
