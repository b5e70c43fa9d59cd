"""Make ``databases/UC_Households/published.csv``: published figures with which the tests compare the records.

    python scripts/demonstration/make_uc_published.py ../shared/data

They are taken from answers of Stat-Xplore that others kept.
"""

import gzip
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from csv_files import write
from make_hb_caseload import PACKAGE

OUT = PACKAGE / "databases/UC_Households"
MONTHS = ("202504", "202508", "202512")
AUTHORITIES = ("E06000001", "E07000223", "E08000003", "E08000025", "E09000002", "E09000033", "S12000049", "W06000015")
"""A few of every kind: arbitrary."""

OF_2026 = "Stat-Xplore, Households on Universal Credit, extracted August 2026 (Open Government Licence v3.0)"
OF_2019 = "Stat-Xplore, Households on Universal Credit, extracted March 2019 (Open Government Licence v3.0)"
Row = tuple[str, str, str, int, str]


def answer(path: Path) -> dict[tuple[str, ...], float]:
    """Numbers of an answer's first cube by the codes of its items, joined by blanks; totals are left out."""
    content = path.read_bytes()
    found = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)
    items = [[_codes(item) for item in field["items"]] for field in found["fields"]]
    return dict(_cells((), items, next(iter(found["cubes"].values()))["values"]))


def _codes(item: Mapping[str, list[str]]) -> str:
    return " ".join(uri.rsplit(":", 1)[1] for uri in item.get("uris") or ())


def _cells(so_far: tuple[str, ...], items: list[list[str]], values: object) -> Iterator[tuple[tuple[str, ...], float]]:
    if not items:
        yield so_far, float(values)  # type: ignore[arg-type]
        return
    for code, below in zip(items[0], values, strict=True):  # type: ignore[call-overload]
        if code:
            yield from _cells((*so_far, code), items[1:], below)


def rows(data: Path) -> Iterator[Row]:
    """The figures: those of 2025, then the regions of England in 2018."""
    answers = data / "dwp_statxplore/api_responses"
    for name, column in (
        ("family_type", "family"),
        ("number_of_children", "children"),
        ("housing_entitlement", "tenure"),
        ("lcwra_entitlement", "health"),
    ):
        prefix = "uc_households_by_" if name.startswith(("family", "number")) else "uc_households_"
        for (month, code), n in answer(answers / f"{prefix}{name}_april_december_2025.json.gz").items():
            if month in MONTHS and code[0] != "9":
                yield month, column, code, int(n), OF_2026
    for (month, code), n in answer(answers / "uc_households_by_local_authority_may2025.json.gz").items():
        if code in AUTHORITIES:
            yield month, "authority", code, int(n), OF_2026
    of_2019 = answer(data.parent / "samples/table/statxplorer_example_b_count_and_mean.json")
    for (region, month), n in of_2019.items():
        if month in ("201805", "201808"):
            yield month, "region", region, int(n), OF_2019


def main(data: Path) -> None:
    """Write the file."""
    write(OUT / "published.csv", "period,column,code,n,source", list(rows(data)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
