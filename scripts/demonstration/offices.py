"""Jobcentres with their districts and groups, and areas and contracts of the Work Programme, laid over small areas."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from csv_files import read
from small_areas import Area, by, cut


def authorities_named(
    rows: Iterable[Mapping[str, str]], key: str, names: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """By authority the key of the row that names it, or its county or region, in its column ``areas``."""
    found: dict[str, str] = {}
    for row in rows:
        for name in row["areas"].split("|"):
            here = [authority for authority, called in names.items() if name in called]
            assert here, f"{name} is no authority, county or region"
            found |= dict.fromkeys(here, row[key])
    assert found.keys() == names.keys()
    return found


def jobcentre_lists(data: Path) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Groups, districts and offices open in March 2021, each with the code of what it belongs to."""
    folder = data / "jobcentres"
    groups, districts, offices = (
        [row for row in read(folder / f"register_{name}.csv") if not row["end-date"]]
        for name in ("jobcentre-group", "jobcentre-district", "jobcentre")
    )
    return (
        _by_name((row["key"], row["name"]) for row in groups),
        _by_name((row["key"], row["name"], row["jobcentre-group"]) for row in districts),
        _by_name((row["key"], row["name"].replace("\u2019", "'"), row["jobcentre-district"]) for row in offices),
    )


def _by_name(rows: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return sorted(rows, key=lambda row: (row[2:], row[1]))


def lay_jobcentres(by_hand: Path, areas: Sequence[Area], district: Mapping[str, str]) -> None:
    """Say of each area which office serves it: one of its authority's, or of one nearby in the same district."""
    offices: dict[str, list[str]] = {}
    for row in read(by_hand / "jobcentre_authorities.csv"):
        offices.setdefault(row["authority"], []).append(row["jobcentre"])
    for authority, run in by(areas, lambda area: area.authority).items():
        here = offices.get(authority) or offices[_neighbour(authority, areas, offices, district)]
        cut(run, [(office, 1.0) for office in here], "jobcentre")


def _neighbour(
    authority: str, areas: Sequence[Area], offices: Mapping[str, object], district: Mapping[str, str]
) -> str:
    """An authority of the district that has offices: the one with which it shares most of a constituency, if any."""
    there = {area.constituency for area in areas if area.authority == authority}
    near = Counter({other: 0 for other in offices if district[other] == district[authority]})
    for area in areas:
        if area.authority in near and area.constituency in there:
            near[area.authority] += 1
    return near.most_common(1)[0][0]
