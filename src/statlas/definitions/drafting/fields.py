"""Guessed columns as the fields of a definition: their lines and their code lists."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from statlas.definitions.drafting import gss, names
from statlas.definitions.drafting.bands import Band, bands_of
from statlas.definitions.drafting.guessing import PlaceColumn
from statlas.definitions.drafting.profile import ColumnProfile, Profile
from statlas.definitions.drafting.yaml_lines import comment, guessed, mapping, text
from statlas.definitions.form_base import is_code

#: Lists up to so long stand in the definition itself; longer ones in a file.
INLINE = 12
#: A value in fewer records than this may be a mistake, or a person; it is pointed out, not named.
FEW = 5
_MISSING_LABEL = "Not known"


@dataclass
class Drafted:
    """The lines of fields and the files beside the definition, by name; ``ids`` and ``labels`` are those in use."""

    lines: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    ids: list[str] = field(default_factory=lambda: ["DATE", "RECORDS", "RECORD_KEY"])
    labels: set[str] = field(default_factory=lambda: {"month", "quarter", "year", "financial year"})

    def begin(self, column: str, label: str = "") -> str:
        """Begin a field of a column with an id and a label of its own, and give the id."""
        made = self.new_id(column)
        choices = (label, names.label_of_column(column), f"{names.label_of_column(column)} ({made})")
        free = next(one for one in choices if one and one.casefold() not in self.labels)
        self.labels.add(free.casefold())
        self.lines += [f"  - id: {made}", f"    label: {text(free)}"]
        return made

    def new_id(self, name: str) -> str:
        """An id made from a name, now in use."""
        made = names.identifier_of(name, self.ids)
        self.ids.append(made)
        return made


@dataclass(frozen=True)
class CodeList:
    """Codes with labels and parents, in order."""

    labels: Mapping[str, str]
    parents: Mapping[str, str] = field(default_factory=dict)

    def csv(self) -> str:
        """The list as a file."""
        if not self.parents:
            return _csv([("code", "label"), *self.labels.items()])
        rows = [(code, label, self.parents.get(code, "")) for code, label in self.labels.items()]
        return _csv([("code", "label", "parent"), *rows])

    def yaml(self) -> str:
        """The list as one line of a definition."""
        return mapping({text(code): text(label) for code, label in self.labels.items()})


def add_category(profile: Profile, column: ColumnProfile, label_column: str | None, drafted: Drafted) -> None:
    """A classification of a column's own values."""
    values = dict(profile.values(column.name))
    if any(not is_code(value) for value in values):
        _looked_up(column, values, drafted)
        return
    labels = _labels(profile, column.name, label_column, values)
    field_id = _begin(column, labels, drafted)
    drafted.lines += list(_few(values))
    drafted.lines.append(f"    column: {text(column.name)}")
    labels |= _missing(column, values, drafted)
    if len(labels) <= INLINE:
        drafted.lines.append(f"    codes: {CodeList(labels).yaml()}")
    else:
        drafted.files[f"codes/{field_id}.csv"] = CodeList(labels).csv()
        drafted.lines.append(f"    codes: codes/{field_id}.csv")


def _looked_up(column: ColumnProfile, values: Mapping[str, int], drafted: Drafted) -> None:
    """A classification whose values cannot be codes, because they hold a colon or are long: codes are made for them."""
    field_id = drafted.begin(column.name)
    codes = {value: f"C{n}" for n, value in enumerate(values, start=1)}
    drafted.files[f"codes/{field_id}_values.csv"] = _csv([("value", "code"), *codes.items()])
    labels = {code: " ".join(value.split()) or code for value, code in codes.items()}
    drafted.lines += guessed("the values are too long for codes or hold a colon, so codes were made up for them", 4)
    source = {"column": text(column.name), "file": f"codes/{field_id}_values.csv", "key": "value", "value": "code"}
    drafted.lines.append(f"    look_up: {mapping(source)}")
    labels |= _missing(column, labels, drafted)
    drafted.files[f"codes/{field_id}.csv"] = CodeList(labels).csv()
    drafted.lines.append(f"    codes: codes/{field_id}.csv")


def add_bands(profile: Profile, column: ColumnProfile, drafted: Drafted) -> None:
    """Bands of a number."""
    bands = bands_of(profile, column)
    drafted.begin(column.name)
    drafted.lines += guessed("bands of a number; choose the ends that people use", 4)
    ends = mapping({text(band.code): _ends(band) for band in bands})
    drafted.lines.append(f"    band: {mapping({'column': text(column.name), 'codes': ends})}")
    labels = {band.code: band.label for band in bands}
    labels |= _missing(column, labels, drafted)
    drafted.lines.append(f"    codes: {CodeList(labels).yaml()}")


def add_geography(profile: Profile, chain: Sequence[PlaceColumn], drafted: Drafted) -> None:
    """A geography of one level or more; ``chain`` is coarse before fine, each column determined by the next."""
    finest = chain[-1]
    values = dict(profile.values(finest.column.name))
    level = finest.gss.label if finest.gss else ""
    drafted.begin(finest.column.name, level)
    drafted.lines += guessed("places, by codes of the national register" if level else "places", 4)
    if finest.labels is None and finest.gss and any(gss.label_of(code) is None for code in values):
        drafted.lines += guessed("the code lists still need the names of the places", 4)
    drafted.lines += ["    kind: geography", *_few(values), f"    column: {text(finest.column.name)}"]
    missing = _missing(finest.column, values, drafted)
    drafted.lines.append("    levels:")
    taken: list[str] = []
    for n, place in enumerate(chain):
        codes = _place_codes(profile, place, chain[n - 1] if n else None)
        listed = CodeList({**codes.labels, **(missing if place is finest else {})}, codes.parents)
        level_id = names.identifier_of(place.gss.id if place.gss else place.column.name, taken, "LEVEL")
        taken.append(level_id)
        drafted.lines += _level(place, level_id, listed, drafted)


def _level(place: PlaceColumn, level_id: str, codes: CodeList, drafted: Drafted) -> Iterator[str]:
    label = place.gss.label if place.gss else names.label_of_column(place.column.name)
    file = f"codes/{names.identifier_of(level_id, [name[6:-4] for name in drafted.files])}.csv"
    drafted.files[file] = codes.csv()
    yield f"      - {mapping({'id': level_id, 'label': text(label), 'codes': file})}"


def _place_codes(profile: Profile, place: PlaceColumn, above: PlaceColumn | None) -> CodeList:
    values = dict(profile.values(place.column.name))
    parents = profile.pairs(place.column.name, above.column.name) if above else {}
    return CodeList(_labels(profile, place.column.name, place.labels, values), parents)


def _begin(column: ColumnProfile, labels: Mapping[str, str], drafted: Drafted) -> str:
    field_id = drafted.begin(column.name)
    if all(names.is_terse(label) for label in labels.values()):
        drafted.lines += guessed("these are codes; write what they mean", 4)
    return field_id


def _labels(profile: Profile, column: str, label_column: str | None, values: Mapping[str, int]) -> dict[str, str]:
    """Labels by code, numbers first and in order of size."""
    told = profile.pairs(column, label_column) if label_column else {}
    return {
        code: told.get(code) or gss.label_of(code) or names.label_of_value(code)
        for code in sorted(values, key=_in_order)
    }


def _in_order(code: str) -> tuple[bool, int, str]:
    number = code.isascii() and code.isdecimal()
    return not number, int(code) if number else 0, code


def _missing(column: ColumnProfile, codes: Mapping[str, object], drafted: Drafted) -> dict[str, str]:
    """The code of blanks, if there are any; its line is written."""
    if not column.n_blank:
        return {}
    code = next(c for c in ("MISSING", "MISSING_1", "MISSING_2", "MISSING_3") if c not in codes)
    drafted.lines += guessed("a blank becomes this code", 4)
    drafted.lines.append(f"    missing: {code}")
    return {code: _MISSING_LABEL}


def _few(values: Mapping[str, int]) -> Iterator[str]:
    if any(n < FEW for n in values.values()):
        yield from comment("some of these codes are in very few records; they may be mistakes, or names", 4, "# check:")


def _ends(band: Band) -> str:
    return f"[{'null' if band.low is None else f'{band.low:g}'}, {'null' if band.high is None else f'{band.high:g}'}]"


def _csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
