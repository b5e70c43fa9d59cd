"""What the name of a column gives away, and names made from it."""

from __future__ import annotations

import re
from collections.abc import Iterable

_IDENTIFIERS = frozenset(
    ("guid", "id", "ids", "key", "nhs", "nino", "number", "ref", "reference", "uprn", "urn", "uuid")
)
_MISREAD = frozenset(("false", "n", "nan", "no", "null", "off", "on", "true", "y", "yes"))
_PERSONAL = frozenset(
    (
        "account",
        "address",
        "birthdate",
        "coordinates",
        "dob",
        "easting",
        "email",
        "firstname",
        "forename",
        "fullname",
        "grid",
        "iban",
        "lastname",
        "lat",
        "latitude",
        "lng",
        "lon",
        "long",
        "longitude",
        "mobile",
        "name",
        "northing",
        "phone",
        "postal",
        "postcode",
        "street",
        "surname",
        "telephone",
    )
)
_PLACES = frozenset(
    (
        "area",
        "areas",
        "authority",
        "borough",
        "brma",
        "ccg",
        "constituency",
        "council",
        "country",
        "county",
        "district",
        "icb",
        "itl",
        "la",
        "lad",
        "laua",
        "locality",
        "lsoa",
        "msoa",
        "neighbourhood",
        "nuts",
        "oa",
        "parish",
        "place",
        "province",
        "region",
        "settlement",
        "town",
        "ward",
        "zone",
    )
)
_NO_PLACES = frozenset(("birth", "citizenship", "code_of", "nationality", "origin"))
_MONEY = frozenset(
    (
        "amount",
        "award",
        "benefit",
        "charge",
        "cost",
        "earnings",
        "fee",
        "fees",
        "gbp",
        "income",
        "paid",
        "pay",
        "payment",
        "pounds",
        "price",
        "rent",
        "salary",
        "spend",
        "spending",
        "sum",
        "value",
        "wage",
        "wages",
    )
)
_PERIOD = frozenset(("date", "month", "monthly", "period", "quarter", "time", "year", "yearly"))
_NOT_PERIOD = frozenset(("birth", "created", "death", "decision", "dob", "end", "ended", "start", "started", "updated"))
_LABELS = frozenset(("desc", "description", "label", "name", "text", "title"))
# A value in capitals of up to so many letters may be an abbreviation.
_ABBREVIATION = 4
_SMALL_WORDS = frozenset(("AND", "IN", "LE", "OF", "ON", "THE", "UNDER", "UPON", "WITH"))
_WEIGHTS = frozenset(("gross", "grossing", "weight", "wgt", "wt"))
_REPLICATES = frozenset(("bsw", "brr", "jk", "rep", "replicate", "repweight", "repwgt", "repwt", "rw"))
_REPLICATE = re.compile(rf"(?i)({'|'.join(sorted(_REPLICATES))})_?({'|'.join(sorted(_WEIGHTS))})?_?[0-9]+")
_AGES = frozenset(("age", "aged", "ages"))


def words(name: str) -> tuple[str, ...]:
    """The words of a column's name in small letters: ``LSOACode`` and ``lsoa_code`` are lsoa, code."""
    apart = re.sub(r"([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])", r"\1\3 \2\4", name)
    return tuple(word.lower() for word in re.split(r"[^A-Za-z0-9£]+", apart) if word)


def names_identifier(name: str) -> bool:
    """Whether it names a reference such as *claim_ref*."""
    return bool(_IDENTIFIERS & set(words(name)[-1:]))


def names_person_or_point(name: str) -> bool:
    """Whether it names what identifies somebody by itself: a name, an address, a point on the map."""
    found = set(words(name))
    return bool(_PERSONAL & found) and not (_PLACES & found)


def names_place(name: str) -> bool:
    """Whether it names a place that records lie in."""
    found = set(words(name))
    return bool(_PLACES & found) and not (_NO_PLACES & found)


def names_money(name: str) -> bool:
    """Whether it names an amount of money."""
    return bool(_MONEY & set(words(name))) or "£" in name


def names_period(name: str) -> bool:
    """Whether it names the time a record is of, rather than a date in somebody's life."""
    found = set(words(name))
    return bool(_PERIOD & found) and not (_NOT_PERIOD & found)


def names_life_event(name: str) -> bool:
    """Whether it names a date in somebody's life."""
    return bool(_NOT_PERIOD & set(words(name)))


def names_age(name: str) -> bool:
    """Whether it names an age."""
    return bool(_AGES & set(words(name)))


def names_weight(name: str) -> bool:
    """Whether it names how many of the population a record stands for."""
    return bool(_WEIGHTS & set(words(name)))


def names_replicate(name: str) -> bool:
    """Whether it names one of many replicate weights, such as *rep12* or *rep_wt_3*."""
    return (
        re.fullmatch(rf"(?i)({'|'.join(sorted(_REPLICATES))})_?({'|'.join(sorted(_WEIGHTS))})?_?[0-9]+", name)
        is not None
    )


def names_label_of(name: str, code: str) -> bool:
    """Whether it names what the codes of another column mean: *LSOA name* beside *LSOA code*."""
    return bool(_LABELS & set(words(name))) and bool((set(words(name)) - _LABELS) & set(words(code)))


def identifier_of(name: str, taken: Iterable[str], otherwise: str = "FIELD") -> str:
    """An id in capitals made from a name, unlike those taken."""
    plain = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")[:60]
    plain = plain if _is_id(plain) else f"{otherwise}_{plain}".strip("_")
    folded = {one.casefold() for one in taken}
    candidates = (plain if n == 1 else f"{plain}_{n}" for n in range(1, len(folded) + 3))
    return next(one for one in candidates if one.casefold() not in folded)


def database_id_of(stem: str) -> str:
    """An id for a database made from the name of a file."""
    plain = re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_")[:60]
    return plain if _is_id(plain) else f"data_{plain}".strip("_")


def _is_id(plain: str) -> bool:
    """Whether a name can stand as an id: it starts with a letter, and no YAML program takes it for something else."""
    return plain[:1].isalpha() and plain.casefold() not in _MISREAD


def label_of_column(name: str) -> str:
    """A label made from the name of a column: *Country of birth* from ``Country_Of_Birth``, *LSOA code* as it is."""
    spaced = re.sub(r"[_\s]+", " ", name).strip()
    kept = [w if w.isupper() and not spaced.isupper() else w.lower() for w in spaced.split(" ")]
    label = " ".join(kept)
    return label[:1].upper() + label[1:] or name


def label_of_value(value: str) -> str:
    """A label made from a value: *East Midlands* from ``EAST_MIDLANDS``; anything else as it is."""
    spaced = re.sub(r"[_\s]+", " ", value).strip()
    shouted = spaced.isupper() and (" " in spaced or len(spaced) > _ABBREVIATION) and not any(map(str.isdigit, spaced))
    titled = " ".join(w.lower() if w in _SMALL_WORDS else w.capitalize() for w in spaced.split(" "))
    return (titled[:1].upper() + titled[1:] if shouted else spaced) or value


def is_terse(label: str) -> bool:
    """Whether a label explains nothing: a number, a letter or two."""
    return len(label) <= _ABBREVIATION or any(map(str.isdigit, label))
