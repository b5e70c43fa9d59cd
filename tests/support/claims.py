"""A small database of claims with a field of every kind, made by hand, and record files for it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from statlas.model.classification import Classification, Code, Node, Valueset
from statlas.model.database import Database, Field, FieldKind, Measure, RecordTable
from statlas.model.derivation import Band, Banded, Column, Combined, LookedUp, Source
from statlas.model.period import Calendar, Frequency

SECRET = bytes(range(32))

COLUMNS = ("claim", "month", "town", "tenure", "age", "couple", "kids", "award", "hours")
ROW = {
    "claim": "A1",
    "month": "202501",
    "town": "N1",
    "tenure": "1",
    "age": "30",
    "couple": "1",
    "kids": "0",
    "award": "12.50",
    "hours": "7.5",
}

TOWNS = Classification(
    (
        Valueset("COUNTY", "County", (Code("N", "North"), Code("S", "South"))),
        Valueset(
            "TOWN",
            "Town",
            (
                Code("N1", "Aldwick", (Node("COUNTY", "N"),)),
                Code("N2", "Burwell", (Node("COUNTY", "N"),), valid_from="202502"),
                Code("S1", "Corley", (Node("COUNTY", "S"),), valid_to="202501"),
            ),
        ),
    )
)


def listed(field_id: str, codes: Iterable[str]) -> Classification:
    """A classification of one level."""
    return Classification((Valueset(f"C_{field_id}", field_id, tuple(Code(code, code) for code in codes)),))


def field(field_id: str, codes: Iterable[str], source: Source, missing: str | None = None) -> Field:
    """A field of one level."""
    return Field(field_id, field_id.title(), "CLAIMS", listed(field_id, codes), source, missing=missing)


DATE = Field("MONTH", "Month", "F_MONTH", listed("MONTH", ()), Column("month"), FieldKind.DATE)
TOWN = Field("TOWN", "Town", "CLAIMS", TOWNS, Column("town"), FieldKind.GEOGRAPHY)
TENURE = field("TENURE", ("1", "2", "99"), Column("tenure"), missing="99")
AGE = field("AGE", ("young", "old"), Banded("age", (Band("young", None, 25), Band("old", 25, 120))))
SHIRE = field("SHIRE", ("nn", "ss"), LookedUp("town", (("N1", "nn"), ("N2", "nn"), ("S1", "ss"))))
FAMILY = field(
    "FAMILY",
    ("pair", "parents", "other"),
    Combined(("couple", "kids"), ((("1", "0"), "pair"), (("1", "1"), "parents")), otherwise="other"),
)
AWARD = Measure("AWARD", "Award", "CLAIMS", "award", "GBP", 2)
HOURS = Measure("HOURS", "Hours", "CLAIMS", "hours", "hours", 1)


def claims(
    *,
    unit_id: str | None = "claim",
    fields: tuple[Field, ...] = (TENURE, TOWN, AGE, SHIRE, FAMILY),
    measures: tuple[Measure, ...] = (AWARD, HOURS),
    frequency: Frequency = Frequency.MONTH,
) -> Database:
    """The database ``claims``."""
    return Database(
        id="claims",
        label="Claims",
        records=RecordTable("CLAIMS", "Claims", "claimant", unit_id),
        calendar=Calendar(frequency),
        fields=(replace(DATE), *fields),
        measures=measures,
        synthetic=True,
    )


def write_csv(path: Path, rows: Iterable[Mapping[str, str]], columns: tuple[str, ...] = COLUMNS) -> Path:
    """A CSV of rows, each the model row with what is given in its place; units are numbered unless named."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        for number, row in enumerate(rows, 1):
            writer.writerow({**ROW, "claim": f"A{number}", **row})
    return path
