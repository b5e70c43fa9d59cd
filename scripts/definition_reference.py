"""Write docs/reference/definition.md and policy.md: every key of both kinds of file, from the forms that read them.

Run it after a change of a form in src/statlas/definitions: ``.venv/bin/python scripts/definition_reference.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from statlas.definitions import field_form, form, policy_form, table_form
from statlas.definitions.form_base import Form

REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "reference"

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

SECTIONS: dict[type[Form], tuple[str, str]] = {
    form.DefinitionForm: ("Keys", "At the top of the file."),
    form.RecordsForm: ("records", ""),
    form.ClaimForm: (
        "records: claim",
        (
            "A row stands once for each person and number in a period. "
            "Claims 2 and on have keys of their own, made from person, benefit and number."
        ),
    ),
    form.DateForm: ("date", ""),
    form.ContactForm: ("contact", ""),
    field_form.FieldForm: (
        "fields",
        "Each entry has `codes` or `levels`, and one of `column`, `band`, `look_up` and `combine`.",
    ),
    field_form.LevelForm: ("fields: levels", "Coarse before fine."),
    field_form.CodeForm: ("fields: codes", "A code is `code: label`, or `code:` with these keys."),
    field_form.BandForm: ("fields: band", ""),
    field_form.LookUpForm: ("fields: look_up", ""),
    field_form.CombineForm: ("fields: combine", ""),
    field_form.PopulationForm: (
        "fields: population",
        (
            "A row without a level is of the area of that code at every level that has it; codes that the geography "
            "lacks are passed over. Areas that the file lacks are not judged by their population."
        ),
    ),
    form.MeasureForm: ("measures", ""),
    form.WeightForm: (
        "weight",
        (
            "Weights are rounded to `precision` decimal places. "
            "Without replicates the standard error is that of a sample drawn unit by unit with these weights."
        ),
    ),
    form.ImpossibleForm: ("impossible", "A record that has them all the same is a fault."),
    form.AnnotationForm: ("annotations", "With `key` and `text` alone the note is on the database."),
    table_form.TableForm: ("tables", ""),
    table_form.DerivedForm: (
        "tables: derived",
        "Each entry has one of `percentage`, `change`, `rank` and `formula`.",
    ),
    table_form.DimensionForm: ("tables: rows, columns, wafers", "An entry is `FIELD`, `FIELD@LEVEL`, or these keys."),
}


POLICY_INTRODUCTION = """\
# Policy files

For disclosure officers: every key of a policy file, and the rules that a policy or a definition sets.

A policy is a preset with the parameters and rules in which a department departs from it.
It is a YAML file beside the definition, or in a folder below it; `policy:` in the definition names it.
`statlas schema --policy` prints a JSON Schema by which editors complete keys and explain them.

```yaml
statlas_policy: 1
name: department
version: 2
preset: standard
threshold: 8
rules:
  max_variables: {limit: 4, small_areas: 3, reason: "Few tables need more, and every further one singles people out."}
  sparsity: {on: true, reason: The disclosure panel asked for it in March 2026.}
```

A release keeps its policy, resolved and as it was given, so a changed file makes new numbers only as a new release.
Databases of one family have one preset, for two perturbation tables on one key could be played against each other.
Thresholds may be raised, never lowered.
The reason of every rule that is set otherwise is published.

## Presets

| preset | noise of a count | for |
| --- | --- | --- |
| `light` | at most 4, variance 1.8 | data that tell little of people |
| `standard` | at most 5, variance 3 | what most departments hold |
| `strong` | at most 10, variance 9 | data that would harm people |
| `open` | none | data that is not confidential at all |

Under `open` nothing is hidden: there are no thresholds, and no rule is asked.
"""

POLICY_SECTIONS: dict[type[Form], tuple[str, str]] = {
    policy_form.PolicyForm: ("Keys", "At the top of the file."),
    policy_form.RulesForm: (
        "rules",
        (
            "In a policy file, or in a definition for that database alone; a definition's rules win over its policy's. "
            "A rule that is not named stays as it is left alone."
        ),
    ),
    policy_form.VariablesRuleForm: (
        "rules: max_variables",
        "Left alone, 5, and 3 where the areas lie below authorities.",
    ),
    policy_form.ExclusionForm: (
        "rules: field_exclusion",
        "Fields that a database does not have mean nothing to it in a policy file, and are a fault in its definition.",
    ),
    policy_form.AreaRuleForm: (
        "rules: mean_cell_size, min_area_population",
        (
            "Left alone, an area's printed count has to be 1 for each cell, and its population 100 residents or 40 "
            "households, where a geography has a population file."
        ),
    ),
    policy_form.SwitchRuleForm: ("rules: sparsity", "Left alone, it is off."),
}


def page() -> str:
    """The page of definition files."""
    return _page(INTRODUCTION, SECTIONS)


def policy_page() -> str:
    """The page of policy files."""
    return _page(POLICY_INTRODUCTION, POLICY_SECTIONS)


PAGES = {REFERENCE / "definition.md": page, REFERENCE / "policy.md": policy_page}


def _page(introduction: str, sections: dict[type[Form], tuple[str, str]]) -> str:
    return "\n".join([introduction, *(line for kind in sections for line in _section(kind, *sections[kind]))])


def _section(kind: type[Form], title: str, words: str) -> Iterator[str]:
    yield f"## {title}\n"
    yield f"{kind.__doc__}" if not words else f"{kind.__doc__}\n{words.replace('. ', '.' + chr(10))}"
    yield "\n| key | value | left out | meaning |\n| --- | --- | --- | --- |"
    for name, info in kind.model_fields.items():
        yield f"| `{name}` | {_value(info.annotation)} | {_left_out(info)} | {_escaped(info.description or '')} |"
    yield ""


def _left_out(info: FieldInfo) -> str:
    if info.is_required():
        return "needed"
    default: Any = info.default
    if default in (None, "", [], {}) or default is PydanticUndefined or isinstance(default, Form):
        return ""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{', '.join(default) if isinstance(default, list) else default}`"


def _value(annotation: Any) -> str:
    """What may stand there, in words."""
    words = {str: "text", bool: "true or false", int: "whole number", float: "number", Decimal: "number"}
    if annotation in words:
        return words[annotation]
    if isinstance(annotation, type) and issubclass(annotation, Form):
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
    for path, write in PAGES.items():
        path.write_text(write(), encoding="utf-8")
