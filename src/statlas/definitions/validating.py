"""From plain data to forms, part by part, so that a mistake in one field does not hide those in the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from statlas.definitions.field_form import FieldForm
from statlas.definitions.findings import Findings, Place, did_you_mean, listed
from statlas.definitions.form import AnnotationForm, DefinitionForm, ImpossibleForm, MeasureForm
from statlas.definitions.form_base import Form
from statlas.definitions.table_form import TableForm

F = TypeVar("F", bound=Form)

_LISTS = ("fields", "measures", "impossible", "annotations", "tables")
# What stands in for a required key that is wrong, so that the rest can be checked; nothing is built from it.
_STAND_IN: Mapping[str, Any] = {
    "statlas": "1",
    "id": "unnamed",
    "label": "unnamed",
    "unit": "record",
    "records": {"label": "unnamed"},
    "date": {"column": "unnamed"},
}
_WORDS = {
    "missing": "this key",
    "string_too_short": "some text",
    "string_type": "text",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "float_parsing": "a number or null",
    "float_type": "a number or null",
    "finite_number": "a number or null",
    "decimal_parsing": "a number",
    "decimal_type": "a number",
    "list_type": "a list",
    "tuple_type": "a pair [from, below]",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
    "too_long": "a pair [from, below]",
}
_PATTERNS = {
    "^[A-Za-z][A-Za-z0-9_.+-]{0,99}$": "an id of letters, digits, _ . + -, beginning with a letter",
    "^[A-Za-z][A-Za-z0-9_-]{0,63}$": "a name of letters, digits, _ and -, beginning with a letter",
    "^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$": "a name of letters, digits, _ and -",
    r"^https?://\S+$": "an address that begins with https://",
    r"^(\S+@\S+)?$": "an e-mail address",
    "^[A-Za-z0-9*.]{1,10}$": "a key of up to ten letters or digits",
    "^[A-Za-z][A-Za-z0-9_.+-]{0,99}(:[A-Z][A-Z0-9]{0,9})?$": "a measure, or MEASURE:STATISTIC",
    "^(SUM|MEAN|MEDIAN|P[1-9][0-9]?)$": "SUM, MEAN, MEDIAN or a percentile such as P10",
    r"^(light|standard|strong|open|[^\x00-\x1f]{1,199}\.ya?ml)$": "light, standard, strong, open, or a policy file "
    "that ends in .yaml",
}
_LIMITS = {"greater_than_equal": "from", "less_than_equal": "up to", "greater_than": "above"}
_LIMIT_NAMES = {"greater_than_equal": "ge", "less_than_equal": "le", "greater_than": "gt"}
# What pydantic puts into places besides keys and positions: a key at fault, and the branches of a choice.
_BRANCHES = ("[key]", "<text>", "<mapping>")
_CODE_WORDS = "a code of up to 100 characters, without a colon or blanks at its ends"


@dataclass(frozen=True)
class Part(Generic[F]):
    """One entry of a list: its place, its form (None if it has mistakes), and the id it claims.

    ``doubtful`` says that it holds unknown keys, which may be misspelt ones.
    """

    place: Place
    form: F | None
    claimed_id: str = ""
    doubtful: bool = False


@dataclass(frozen=True)
class Parts:
    """A definition in parts; ``top`` holds no lists."""

    top: DefinitionForm
    fields: tuple[Part[FieldForm], ...] = ()
    measures: tuple[Part[MeasureForm], ...] = ()
    impossible: tuple[Part[ImpossibleForm], ...] = ()
    annotations: tuple[Part[AnnotationForm], ...] = ()
    tables: tuple[Part[TableForm], ...] = ()


def parts_of(data: Mapping[str, Any], findings: Findings) -> Parts:
    """The parts of a definition; every mistake of form is a finding."""
    top = {key: value for key, value in data.items() if key not in _LISTS}
    return Parts(
        _top(top, findings),
        _entries("fields", data, FieldForm, findings),
        _entries("measures", data, MeasureForm, findings),
        _entries("impossible", data, ImpossibleForm, findings),
        _entries("annotations", data, AnnotationForm, findings),
        _entries("tables", data, TableForm, findings),
    )


def _top(data: Mapping[str, Any], findings: Findings) -> DefinitionForm:
    form = validated(DefinitionForm, data, (), findings).form
    if form is not None:
        return form
    wrong = Findings("")
    kept: dict[str, Any] = {}
    for key, value in {**_STAND_IN, **data}.items():
        alone = validated(DefinitionForm, {**_STAND_IN, key: value}, (), wrong).form
        if alone is not None and key in DefinitionForm.model_fields:
            kept[key] = value
    return DefinitionForm.model_validate({**_STAND_IN, **kept})


def _entries(key: str, definition: Mapping[str, Any], model: type[F], findings: Findings) -> tuple[Part[F], ...]:
    data = definition.get(key)
    if data is None:
        return ()
    if not isinstance(data, list):
        findings.add((key,), "bad-value", "a list", "Begin each entry with a dash.")
        return ()
    return tuple(validated(model, entry, (key, n), findings) for n, entry in enumerate(data))


def validated(model: type[F], data: Any, place: Place, findings: Findings) -> Part[F]:
    """The form of some data; every mistake is a finding, and unknown keys do not keep the form from being made."""
    claimed = str(data.get("id", "")) if isinstance(data, Mapping) else ""
    try:
        return Part(place, model.model_validate(data), claimed)
    except ValidationError as error:
        mistakes = error.errors(include_url=False, include_input=False)
    for mistake in mistakes:
        _find(model, mistake, place, findings)
    if any(mistake["type"] != "extra_forbidden" for mistake in mistakes):
        return Part(place, None, claimed)
    known = data
    for mistake in mistakes:
        known = _without(known, _place(mistake["loc"]))
    return Part(place, model.model_validate(known), claimed, doubtful=True)


def _find(model: type[Form], mistake: ErrorDetails, place: Place, findings: Findings) -> None:
    inner = _place(mistake["loc"])
    where = (*place, *inner)
    if mistake["type"] == "extra_forbidden":
        known = _keys_at(model, inner[:-1])
        mend = did_you_mean(str(inner[-1]), known, f"Known here are {listed(known, 30)}.")
        findings.add(where, "unknown-key", "only known keys", mend)
    elif mistake["type"] == "missing":
        findings.add(where, "missing-key", f"the key {str(inner[-1])!r}" if inner else "this key", "Add it.")
    else:
        findings.add(where, "bad-value", _expected(mistake))


def _expected(mistake: ErrorDetails) -> str:
    kind, context = mistake["type"], mistake.get("ctx", {})
    if kind == "literal_error":
        return f"{context['expected']}"
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], _CODE_WORDS)
    if kind == "too_short":
        least = context["min_length"]
        return "at least one entry" if least == 1 else f"at least {least} entries"
    if kind in _LIMITS:
        return f"a number {_LIMITS[kind]} {context[_LIMIT_NAMES[kind]]}"
    return _WORDS.get(kind, "another value")


def _place(loc: tuple[str | int, ...]) -> Place:
    """Where in the data a mistake lies."""
    return tuple(part for part in loc if part not in _BRANCHES)


def _keys_at(model: type[Form], inner: Place) -> list[str]:
    """The keys that a form knows at an inner place."""
    here: list[type[Form]] = [model]
    for part in inner:
        deeper = [f for m in here if part in m.model_fields for f in _forms_in(m.model_fields[str(part)].annotation)]
        here = deeper or here
    return [name for m in here for name in m.model_fields]


def _forms_in(annotation: Any) -> list[type[Form]]:
    if isinstance(annotation, type) and issubclass(annotation, Form):
        return [annotation]
    return [form for argument in get_args(annotation) for form in _forms_in(argument)]


def _without(data: Any, place: Place) -> Any:
    """The data without the key at a place."""
    head, *rest = place
    if isinstance(data, list):
        assert isinstance(head, int)
        return [_without(item, tuple(rest)) if n == head else item for n, item in enumerate(data)]
    if not rest:
        return {key: value for key, value in data.items() if key != head}
    return {key: _without(value, tuple(rest)) if key == head else value for key, value in data.items()}
