"""Make applicants.csv: the allotment waiting list of Brambleford, a town that does not exist.

Every record is drawn by chance, the same ones each time: ``python make_records.py`` writes the file anew.
"""  # noqa: INP001 - it is run, not imported

import csv
from pathlib import Path
from random import Random

SEED = 1887  # the year of the first Allotments Act
MONTHS = ("202503", "202506", "202509")
WARDS = {"BR01": 9, "BR02": 14, "BR03": 6, "BR04": 3, "NB01": 8, "NB02": 5, "NB03": 2}
PLOTS = {"S": 6, "H": 9, "F": 5, "R": 1}
RENTS = {"S": 24.00, "H": 38.50, "F": 71.00, "R": 18.25}
AT_THE_START = 640
JOINING = 110
STAYING = 0.88


def applicant(number: int, month: int, chance: Random) -> dict[str, object]:
    """Somebody who joins the list: older in the outer wards, who more often ask for a raised bed."""
    ward = chance.choices(list(WARDS), list(WARDS.values()))[0]
    age = min(94, max(18, round(chance.gauss(44 if ward.startswith("BR") else 53, 15))))
    weights = [w * (4 if plot == "R" and age >= 65 else 1) for plot, w in PLOTS.items()]  # noqa: PLR2004 - pension age
    return {
        "reference": f"BAL-{number:05}",
        "ward": ward,
        "sex": chance.choices(["F", "M", ""], [54, 43, 3])[0],
        "age": age,
        "plot": chance.choices(list(PLOTS), weights)[0],
        "joined": month - (chance.randrange(1, 40) if month == 0 else chance.randrange(3)),
        "discount": chance.random() < (0.6 if age >= 65 else 0.15),  # noqa: PLR2004 - pension age
    }


def record(person: dict[str, object], n: int) -> dict[str, object]:
    """The person's row in the list of one month."""
    rent = RENTS[str(person["plot"])] * (0.5 if person["discount"] else 1)
    return {
        "reference": person["reference"],
        "month": MONTHS[n],
        "ward": person["ward"],
        "sex": person["sex"],
        "age": person["age"],
        "plot": person["plot"],
        "months_waiting": 3 * n - int(str(person["joined"])),
        "yearly_rent": f"{rent:.2f}",
    }


def records() -> list[dict[str, object]]:
    """The list of each month: some leave between two of them, others join."""
    chance = Random(SEED)  # noqa: S311 - nothing here is secret
    people = [applicant(n, 0, chance) for n in range(AT_THE_START)]
    rows = [record(person, 0) for person in people]
    for n in range(1, len(MONTHS)):
        people = [person for person in people if chance.random() < STAYING]
        newest = max(int(str(person["reference"])[4:]) for person in people)
        people += [applicant(newest + k, 3 * n, chance) for k in range(1, JOINING + 1)]
        rows += [record(person, n) for person in people]
    return rows


def write(path: Path) -> None:
    """Write the records as CSV."""
    rows = records()
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    write(Path(__file__).with_name("applicants.csv"))
