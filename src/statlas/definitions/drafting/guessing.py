"""What each column of a data file seems to be; every guess is written as one, for a person to confirm.

The order matters: the date is found first, for a unit is unique within a period; what identifies people is taken out
before any column's values are listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from statlas.definitions.drafting import names
from statlas.definitions.drafting.dates import DateGuess, guess_date
from statlas.definitions.drafting.gss import PlaceLevel, level_of
from statlas.definitions.drafting.profile import ColumnProfile, Profile
from statlas.definitions.form_base import is_code

#: Most different values of a column that is listed as a classification: occupations in full have 412.
MOST_CODES = 500
#: Most different values of a column named for a place: England and Wales have some 7,000 wards.
MOST_PLACES = 20_000
#: From so many different numbers on, bands are suggested instead of codes. Arbitrary.
MANY_NUMBERS = 25
#: A classification has at least so many records a code, on average, once it has more than a dozen codes.
RECORDS_A_CODE = 5
#: A measure keeps at most so many decimals.
MOST_PLACES_OF_DECIMALS = 6
#: So many columns named for replicates are replicates. Arbitrary; designs have twenty and more.
MANY_REPLICATES = 8
#: A weight of a survey has at least so many decimals; one of a person in kilograms has fewer.
DECIMALS_OF_A_WEIGHT = 3
_DOZEN = 12
_ENOUGH = 100


@dataclass(frozen=True)
class PlaceColumn:
    """A column of places: codes of a level of the national register (``gss``), or names and codes of one's own."""

    column: ColumnProfile
    gss: PlaceLevel | None
    labels: str | None = None


@dataclass
class Guesses:
    """What the columns seem to be; ``left_out`` gives the reason for each that is used for nothing."""

    date: DateGuess
    unit_id: str | None = None
    weight: str | None = None
    places: list[PlaceColumn] = field(default_factory=list)
    categories: list[tuple[ColumnProfile, str | None]] = field(default_factory=list)
    numbers: list[ColumnProfile] = field(default_factory=list)
    money: list[ColumnProfile] = field(default_factory=list)
    amounts: list[ColumnProfile] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


def guess(profile: Profile, stem: str) -> Guesses:
    """What each column seems to be; ``stem`` is the name of the file, which may tell a year."""
    guesses = Guesses(guess_date(profile, stem))
    rest = [column for column in profile if column.name != guesses.date.column]
    guesses.unit_id = _unit_id(profile, rest, guesses.date)
    rest = [column for column in rest if column.name != guesses.unit_id]
    _weights(rest, guesses)
    rest = [column for column in rest if column.name != guesses.weight and column.name not in guesses.left_out]
    for column in rest:
        reason = _reason_to_leave_out(column)
        if reason:
            guesses.left_out[column.name] = reason
    rest = [column for column in rest if column.name not in guesses.left_out]
    labels = dict(_labels(profile, rest))
    for column in rest:
        if column.name not in labels.values():
            _place(profile, column, labels.get(column.name), guesses)
    for code, label in labels.items():
        guesses.left_out[label] = f"its values label the codes of {code}"
    return guesses


def _unit_id(profile: Profile, columns: Iterable[ColumnProfile], date: DateGuess) -> str | None:
    """The first column that is unique within a period: named for a reference, else of enough values to tell."""
    named = [c for c in columns if names.names_identifier(c.name)]
    unnamed = [c for c in columns if c not in named and c.is_unique and _may_identify(c)]
    for column in (*named, *unnamed):
        if column.n_values == column.n_rows and profile.is_key(column.name, date.shape):
            return column.name
    return None


def _weights(columns: Iterable[ColumnProfile], guesses: Guesses) -> None:
    """Take out the weight of a survey, and its replicates, which would otherwise seem to be classes or amounts."""
    whole = [column for column in columns if column.is_number and not column.n_blank]
    replicates = [column.name for column in whole if names.names_replicate(column.name)]
    is_survey = len(replicates) >= MANY_REPLICATES
    for name in replicates if is_survey else ():
        guesses.left_out[name] = "it looks like a replicate weight; name it in `weight:`, with their `scale`"
    meant = (c.name for c in whole if names.names_weight(c.name) and c.name not in replicates)
    exact = {c.name for c in whole if c.places >= DECIMALS_OF_A_WEIGHT}
    guesses.weight = next((name for name in meant if is_survey or name in exact), None)


def _may_identify(column: ColumnProfile) -> bool:
    meant = names.names_money(column.name) or names.names_age(column.name) or names.names_place(column.name)
    return column.n_rows >= _ENOUGH and column.places == 0 and not meant and not any(column.dated.values())


def _reason_to_leave_out(column: ColumnProfile) -> str:
    """Why a column is used for nothing; "" if it may be used."""
    if column.n_values == 0:
        return "it is blank in every record"
    if reason := _identifies(column):
        return f"{reason}; its values are not listed here"
    if column.n_lines:
        return "its values run over several lines; they are not listed here"
    if column.n_distinct == 1:
        return "it is the same in every record"
    if names.names_life_event(column.name) and column.n_values in column.dated.values():
        return "it is a date in somebody's life; derive a classification from it before publishing"
    return ""


def _identifies(column: ColumnProfile) -> str:
    if column.n_personal * 2 > column.n_values:
        return "it looks like postcodes, e-mail addresses or numbers of persons"
    if names.names_person_or_point(column.name):
        return "by its name it may identify people"
    if names.names_identifier(column.name) or (column.is_unique and not column.is_number):
        return "it identifies records"
    return ""


def _labels(profile: Profile, columns: list[ColumnProfile]) -> Iterator[tuple[str, str]]:
    """Pairs of a column of codes and the column that says what they mean."""
    used: set[str] = set()
    for label in columns:
        for code in columns:
            if (
                code is not label
                and names.names_label_of(label.name, code.name)
                and not names.names_label_of(code.name, code.name)
                and code.name not in used
                and label.n_distinct <= code.n_distinct <= MOST_PLACES
                and profile.determines(code.name, label.name)
            ):
                used.add(code.name)
                yield code.name, label.name
                break


def _place(profile: Profile, column: ColumnProfile, labels: str | None, guesses: Guesses) -> None:
    """Put one column where it seems to belong."""
    gss = level_of(v for v, _ in profile.values(column.name)) if column.longest == len("E08000035") else None
    if gss is not None:
        guesses.places.append(PlaceColumn(column, gss, labels))
    elif names.names_place(column.name) and _lists_places(profile, column):
        guesses.places.append(PlaceColumn(column, None, labels))
    elif _is_money(column):
        guesses.money.append(column)
    elif column.is_whole and column.n_distinct > MANY_NUMBERS:
        guesses.numbers.append(column)
    elif column.is_number and 0 < column.places <= MOST_PLACES_OF_DECIMALS and column.n_distinct > MANY_NUMBERS:
        guesses.amounts.append(column)
    elif column.n_distinct <= MOST_CODES and _is_classifying(column):
        guesses.categories.append((column, labels))
    else:
        guesses.left_out[column.name] = "it has too many different values to classify by; they are not listed here"


def _lists_places(profile: Profile, column: ColumnProfile) -> bool:
    if column.n_distinct > MOST_PLACES or not _is_classifying(column):
        return False
    return all(is_code(value) for value, _ in profile.values(column.name))


def _is_classifying(column: ColumnProfile) -> bool:
    """Whether the values are shared by enough records to be classes rather than persons."""
    if column.is_unique:
        return False
    return column.n_distinct <= _DOZEN or column.n_distinct * RECORDS_A_CODE <= column.n_values


def _is_money(column: ColumnProfile) -> bool:
    if column.n_money < column.n_values or (column.is_whole and not names.names_money(column.name)):
        return False
    pence = column.n_pence * 2 > column.n_values
    named, many = names.names_money(column.name), column.n_distinct > _DOZEN
    return bool(column.n_pounds) or (named and pence) or (many and (named or pence))
