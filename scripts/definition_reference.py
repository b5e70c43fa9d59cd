"""Write docs/reference/definition.md and policy.md: every key of both kinds of file, from the forms that read them.

What stands above the mark of a page is written by hand, what stands below it by this script.
Run it after a change of a form in src/statlas/definitions: ``.venv/bin/python scripts/definition_reference.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from statlas.definitions import field_form, form, mapping_form, policy_form, table_form
from statlas.definitions.form_base import Form

REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "reference"

MARK = "<!-- below this line scripts/definition_reference.py writes -->"

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
    mapping_form.MappingForm: (
        "mapping",
        (
            "In the definition of the release that makes the change; see [mapping plans](../how-to/change-codes.md).\n"
            "[`statlas release map`](command-line.md#statlas-release-map) proposes it, "
            "and says what is wrong with one.\n"
            "A plan that stays in the definition counts once, and is followed once: "
            "what a code became has to be a code of today."
        ),
    ),
    mapping_form.FieldMappingForm: ("mapping: fields", ""),
    field_form.FieldForm: (
        "fields",
        "Each entry has `codes` or `levels`, and one of `column`, `band`, `look_up` and `combine`.",
    ),
    field_form.FormerForm: ("date, fields: formerly", ""),
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
    form.MeasureForm: (
        "measures",
        (
            "A flex point is for measures with a few very large amounts. It must not lie below a common rate of the "
            "measure: with steps of .03 the sum tells how many people are in a cell where many have one known amount "
            "([How sums and means are protected](../explanation/sums-and-means.md) has the figures)."
        ),
    ),
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
    return _page("definition.md", SECTIONS)


def policy_page() -> str:
    """The page of policy files."""
    return _page("policy.md", POLICY_SECTIONS)


PAGES = {REFERENCE / "definition.md": page, REFERENCE / "policy.md": policy_page}


def _page(name: str, sections: dict[type[Form], tuple[str, str]]) -> str:
    """The page as it is down to the mark, then a section for each form."""
    above, mark, _ = (REFERENCE / name).read_text("utf-8").partition(MARK)
    lines = (line for kind in sections for line in _section(kind, *sections[kind]))
    return "\n".join([f"{above}{mark}\n", *lines])


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
