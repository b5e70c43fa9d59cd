"""Make households.csv: a survey of households in Brambleford, a town that does not exist.

Every record is drawn by chance, the same ones each time: ``python make_records.py`` writes the file anew.

The design is a small one of a common kind: in each of four strata (a ward or two, taken together) clusters of twelve
addresses were drawn, and each household stands for as many as its stratum has for each one asked.
The clusters are dealt to twenty groups; the n-th replicate weight leaves out the n-th group and raises the others
(a delete-a-group jackknife, whose variance is 19/20 times the sum of squared differences).
"""  # noqa: INP001 - it is run, not imported

import csv
from pathlib import Path
from random import Random

SEED = 1908  # the year of the Small Holdings and Allotments Act
YEAR = "2025"
CLUSTER = 12
GROUPS = 20
STRATA = {
    # wards, households in them, clusters asked
    "A": (("BR01", "BR02"), 5_400, 12),
    "B": (("BR03", "BR04"), 3_100, 10),
    "C": (("NB01",), 1_900, 9),
    "D": (("NB02", "NB03"), 1_600, 9),
}
TENURES = {"O": 34, "M": 30, "S": 16, "P": 20}
RENT = {"S": 98, "P": 171}
"""Pounds a week, about which rents are drawn; owners pay none."""


def household(number: int, stratum: str, group: int, chance: Random) -> dict[str, object]:
    """Somebody's answers: people live in larger homes outside the town, and pay more rent in the larger ones."""
    wards, households, clusters = STRATA[stratum]
    tenure = chance.choices(list(TENURES), list(TENURES.values()))[0]
    people = min(8, 1 + int(chance.expovariate(0.75 if stratum in "AB" else 0.6)))
    income = chance.lognormvariate(6.35, 0.55) * (0.62 + 0.2 * min(people, 3))
    rent = f"{RENT[tenure] * chance.uniform(0.75, 1.35) * (0.9 + 0.05 * people):.2f}" if tenure in RENT else ""
    weight = households / (clusters * CLUSTER)
    row = {
        "household": f"BHS-{number:04}",
        "year": YEAR,
        "ward": chance.choice(wards),
        "tenure": tenure,
        "mortgage": "Y" if tenure == "M" else "N",
        "people": people,
        "income": f"{income:.2f}",
        "rent": rent,
        "weight": f"{weight:.6f}",
    }
    kept = weight * GROUPS / (GROUPS - 1)
    return row | {f"rep{n + 1}": "0" if n == group else f"{kept:.6f}" for n in range(GROUPS)}


def records() -> list[dict[str, object]]:
    """All households asked, cluster by cluster."""
    chance = Random(SEED)  # noqa: S311 - nothing here is secret
    clusters = [stratum for stratum, (_, _, n) in STRATA.items() for _ in range(n)]
    groups = [n % GROUPS for n in range(len(clusters))]
    return [
        household(CLUSTER * n + k, stratum, group, chance)
        for n, (stratum, group) in enumerate(zip(clusters, groups, strict=True))
        for k in range(CLUSTER)
    ]


def write(path: Path) -> None:
    """Write the records as CSV."""
    rows = records()
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    write(Path(__file__).with_name("households.csv"))
