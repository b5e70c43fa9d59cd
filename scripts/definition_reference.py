"""Write docs/reference/definition.md: every key of a definition file, from the form that reads it.

Run it after a change of src/statlas/definitions/form.py: ``.venv/bin/python scripts/definition_reference.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from statlas.definitions import form

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "definition.md"

INTRODUCTION = """\
# Definition files

For publishers: every key of a definition, the file that says what a database is.

A definition is a YAML file in UTF-8, with its code lists as CSV files beside it or in folders below it.
`statlas new FILE` drafts one from a data file.
`statlas schema` prints a JSON Schema by which editors complete keys and explain them.

```yaml
statlas: 1
id: allotments
label: Allotment waiting list
unit: applicant
records: {label: Applicants, unit_id: reference}
date: {column: month}
fields:
  - id: AREA
    label: Area
    kind: geography
    column: ward
    levels:
      - {id: TOWN, label: Town, codes: town.csv}
      - {id: WARD, label: Ward, codes: ward.csv}
  - id: PLOT
    label: Size of plot
    column: plot
    codes: {H: Half, F: Full, "99": Not said}
    missing: "99"
tables:
  - {id: by-ward, title: Applicants by ward, rows: [AREA@WARD], columns: [DATE], periods: latest(4)}
```

Every value is read as the text that stands in the file, so `01`, `no` and `202504` need no quotes.
`null`, `~` and an empty value mean that the key is left out; a code of that name needs quotes.
A key that is not known, or stands twice, is a fault.
All faults come in one report: [the list of faults](../errors/faults.md) explains them.

## Code lists

A code list is a mapping in the definition, `code: label`, or a CSV file with a header and these columns.

| column | meaning |
| --- | --- |
| `code` | the code as it stands in the records; once in the list |
| `label` | what people read |
| `parent` | code of the level above that holds this one; in `parent_level` where that is given |
| `parent:LEVEL_ID` | a further parent in that level, for bandings side by side |
| `valid_from`, `valid_to` | first and last period in which the code exists, such as 201804 |

Only `code` and `label` are needed.
Levels stand coarse before fine.
A code that is nobody's parent is what records carry; a country without regions is such a code.
Each finer code has at most one parent in a level, found by whatever route, so that the codes of a level never overlap.

## Records without a date

Leave `date.column` out.
The period is then `date.period`, or what `statlas publish --period` gives.

## How dates may be written

| frequency | in the records | period |
| --- | --- | --- |
| `month` | 202509, 2025-09, 2025-09-30, 30/09/2025, or a column of dates | 202509 |
| `quarter` | the same, by the month that names the quarter | 202509 |
| `year` | 2025, or a day of it | 2025 |
| `financial_year` | 202526, 2025-26, 2025/26, or a day of it | 202526 |

## Which periods a ready-made table shows

| written | meaning |
| --- | --- |
| `latest` | the newest period |
| `latest(13)` | the newest thirteen |
| `from 202404` | all from then on |
| `202404..202503` | those, both ends included |
| `202404` | that one |
| `all` | every period |
"""

SECTIONS: dict[type[form.Form], tuple[str, str]] = {
    form.DefinitionForm: ("Keys", "At the top of the file."),
    form.RecordsForm: ("records", ""),
    form.DateForm: ("date", ""),
    form.ContactForm: ("contact", ""),
    form.FieldForm: (
        "fields",
        "Each entry has `codes` or `levels`, and one of `column`, `band`, `look_up` and `combine`.",
    ),
    form.LevelForm: ("fields: levels", "Coarse before fine."),
    form.CodeForm: ("fields: codes", "A code is `code: label`, or `code:` with these keys."),
    form.BandForm: ("fields: band", ""),
    form.LookUpForm: ("fields: look_up", ""),
    form.CombineForm: ("fields: combine", ""),
    form.MeasureForm: ("measures", ""),
    form.AnnotationForm: ("annotations", "With `key` and `text` alone the note is on the database."),
    form.TableForm: ("tables", ""),
    form.DimensionForm: ("tables: rows, columns, wafers", "An entry is `FIELD`, `FIELD@LEVEL`, or these keys."),
}


def page() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *(line for kind in SECTIONS for line in _section(kind))])


def _section(kind: type[form.Form]) -> Iterator[str]:
    title, words = SECTIONS[kind]
    yield f"## {title}\n"
    yield f"{kind.__doc__}" if not words else f"{kind.__doc__}\n{words}"
    yield "\n| key | value | left out | meaning |\n| --- | --- | --- | --- |"
    for name, info in kind.model_fields.items():
        yield f"| `{name}` | {_value(info.annotation)} | {_left_out(info)} | {_escaped(info.description or '')} |"
    yield ""


def _left_out(info: FieldInfo) -> str:
    if info.is_required():
        return "needed"
    default: Any = info.default
    if default in (None, "", [], {}) or default is PydanticUndefined or isinstance(default, form.Form):
        return ""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{', '.join(default) if isinstance(default, list) else default}`"


def _value(annotation: Any) -> str:
    """What may stand there, in words."""
    words = {str: "text", bool: "true or false", int: "whole number", float: "number"}
    if annotation in words:
        return words[annotation]
    if isinstance(annotation, type) and issubclass(annotation, form.Form):
        return "mapping"
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return "one of " + ", ".join(f"`{value}`" for value in arguments)
    if origin is list:
        return "list"
    if origin is dict:
        return "mapping"
    kinds = dict.fromkeys(_value(argument) for argument in _meant(arguments))
    return " or ".join(kinds)


def _meant(arguments: tuple[Any, ...]) -> list[Any]:
    """The alternatives of a choice, or the type below its constraints."""
    return [a for a in arguments if a is not type(None) and (isinstance(a, type) or get_args(a))]


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
