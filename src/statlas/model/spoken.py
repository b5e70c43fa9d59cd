"""A table in the language of its reader.

Answers are kept as they were counted, with labels made by us in English: *Total*, *Mean of Weekly Award Amount*,
*Housing Benefit Claimants, % of row*.
Here these are said in the language spoken; labels of publishers, and those of formulas, are data and stay.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypeVar

from statlas.model.cells import DERIVED_STATISTICS, CubeContent, CubeDimension, CubeItem, CubeMeasure
from statlas.wording import ENGLISH, _, language, later

C = TypeVar("C", bound=CubeContent)

TOTAL = later("Total")
"""The label of a total in a kept answer."""

_STATISTICS = {
    "SUM": later("Sum of {measure}"),
    "MEAN": later("Mean of {measure}"),
    "MEDIAN": later("Median of {measure}"),
}
_PERCENTILE = later("{ordinal} percentile of {measure}")
_OF_PERCENTILE = re.compile(r"(\d+\w\w) percentile of (.*)", re.DOTALL)
_WORKED_OUT = (
    later("% of row"),
    later("% of column"),
    later("% of whole table"),
    later("change on the period before"),
    later("% change on the period before"),
    later("change on a year before"),
    later("% change on a year before"),
)
_PLACE = ", place by "
_PLACE_BY = later("place by {field}")


def spoken(cube: C) -> C:
    """The table with every label of ours in the language spoken; the table itself where that is English."""
    if language() == ENGLISH:
        return cube
    return replace(
        cube,
        dimensions=tuple(map(_dimension, cube.dimensions)),
        measures=tuple(replace(measure, label=measure_label(measure)) for measure in cube.measures),
    )


def _dimension(dimension: CubeDimension) -> CubeDimension:
    if not any(item.is_total for item in dimension.items):
        return dimension
    return replace(dimension, items=tuple(map(_item, dimension.items)))


def _item(item: CubeItem) -> CubeItem:
    return replace(item, label=_(TOTAL)) if item.is_total and item.label == TOTAL else item


def measure_label(measure: CubeMeasure) -> str:
    """The label of a measure in the language spoken; one that is said already, or was given by people, as it is."""
    if measure.statistic == "FORMULA" or language() == ENGLISH:
        return measure.label
    if measure.statistic not in DERIVED_STATISTICS:
        return _summary(measure.label, measure.statistic)
    what, said = _parts(measure)
    statistic = measure.id.removeprefix(measure.measure).split(":")[1]
    return f"{_summary(what, statistic)}, {said}" if said else what


def _parts(measure: CubeMeasure) -> tuple[str, str]:
    """What a number is worked out from, as it is kept, and how, as it is said; the latter empty if that is unknown."""
    for words in _WORKED_OUT:
        if measure.label.endswith(f", {words}"):
            return measure.label.removesuffix(f", {words}"), _(words)
    what, found, field = measure.label.rpartition(_PLACE)
    return (what, _(_PLACE_BY).format(field=field)) if found else (measure.label, "")


def _summary(label: str, statistic: str) -> str:
    """*Mean of Weekly Award Amount*: the words around the measure's own label."""
    if statistic in _STATISTICS:
        before = _STATISTICS[statistic].format(measure="")
        if not label.startswith(before):
            return label
        return _(_STATISTICS[statistic]).format(measure=label.removeprefix(before))
    if (found := _OF_PERCENTILE.fullmatch(label)) and re.fullmatch(r"P\d+", statistic):
        return _(_PERCENTILE).format(ordinal=found[1], measure=found[2])
    return label
