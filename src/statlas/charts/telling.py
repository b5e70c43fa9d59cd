"""What is read out of a chart: each of its numbers in words, and what holds for all of them."""

from __future__ import annotations

from statlas.charts.cells import Row, dimension_of, keys_of, label_of, place
from statlas.charts.choice import POINTS, Choice
from statlas.model.cells import CubeContent
from statlas.wording import gettext as _


def standing(cube: CubeContent, choice: Choice, without: str = "") -> tuple[str, ...]:
    """Which item is shown of every field that stands nowhere, where it has several; of one field it is not said."""
    at = place(cube, choice) if choice.kind not in POINTS else _beside_points(cube, choice)
    several_of = ((dimension_of(cube, field), n) for field, n in at.items() if field != without)
    told = [f"{d.label}: {keys_of(d)[n]}" for d, n in several_of if len(d) > 1]
    return (_("Shown: {items}.").format(items="; ".join(told)),) if told else ()


def _beside_points(cube: CubeContent, choice: Choice) -> dict[str, int]:
    """The fields that hold for every quantity alike."""
    quantities = [q for q in (choice.across, choice.up, choice.size) if q is not None]
    own = {field for quantity in quantities for field, _n in quantity.at}
    return {field: n for field, n in place(cube, choice).items() if field not in own}


def tell(cube: CubeContent, choice: Choice, rows: list[Row]) -> None:
    """Puts into every row what is read out of it: *South East, September 2025: 1,234; 95% interval 1,230 to 1,238*."""
    for row in rows:
        row["tip"] = _of_point(cube, choice, row) if choice.kind in POINTS else _of_cell(row)


def _of_cell(row: Row) -> str:
    names = ", ".join(str(row[role]) for role in ("panel", "series", "x") if role in row)
    said = f"{names}: {row['text']}"
    return f"{said}; {_interval(row['lower'], row['upper'])}" if "lower" in row else said


def _interval(lower: float, upper: float) -> str:
    return _("95% interval {lower} to {upper}").format(lower=f"{lower:,g}", upper=f"{upper:,g}")


def _of_point(cube: CubeContent, choice: Choice, row: Row) -> str:
    quantities = (("x", choice.across), ("y", choice.up), ("size", choice.size))
    said = [f"{label_of(cube, q)} {row[f'{name}_text']}" for name, q in quantities if q is not None]
    return f"{row['point']}: {'; '.join(said)}"
