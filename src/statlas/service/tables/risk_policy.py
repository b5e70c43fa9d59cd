"""How a draft is protected, and whether less than the last release."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from statlas.disclosure.policy import Policy, Preset
from statlas.disclosure.rules import RuleLimits
from statlas.model.database import Database, FieldKind
from statlas.model.finding import Fact, Finding, Severity, finding_id
from statlas.service.tables.databases import policy_of
from statlas.service.tables.release_tables import ReleaseTables
from statlas.service.tables.screening.compared import Compared
from statlas.service.tables.screening.wording import named
from statlas.wording import _, later

WEAKER, CHANGED = "policy-weaker", "policy-changed"

_STRENGTH = {Preset.OPEN: 0, Preset.LIGHT: 1, Preset.STANDARD: 2, Preset.STRONG: 3}

_HIGHER_IS_STRONGER = ("mean_cell_size", "min_persons", "min_households")
_LOWER_IS_STRONGER = ("max_variables", "max_variables_small")
_ON_IS_STRONGER = ("one_geography", "sparsity")

_RULES = {
    "one_geography": later("At most one geography in a table"),
    "max_variables": later("Variables in a table, at most"),
    "max_variables_small": later("Variables in a table of small areas, at most"),
    "exclusions": later("Variables that do not stand together"),
    "mean_cell_size": later("People to a cell of an area, on average at least"),
    "min_persons": later("Residents of an area, at least"),
    "min_households": later("Households of an area, at least"),
    "sparsity": later("Share of the smallest numbers in an area"),
}


def policy_facts(tables: ReleaseTables) -> Iterator[Fact]:
    """What protects the draft, and what does not."""
    policy, database = policy_of(tables.database), tables.database
    version = _("version {version}, preset {preset}").format(version=policy.version, preset=policy.preset)
    yield Fact(_("Policy"), policy.name, version)
    if policy.open:
        yield Fact(_("Protection"), _("none: the records are published as not confidential"))
        return
    yield Fact(_("Smallest number printed"), f"{policy.threshold}")
    yield Fact(_("Standard deviation of a count's noise"), f"{policy.noise_sd:.1f}")
    without = [f.label for f in database.categories if f.kind is FieldKind.GEOGRAPHY and f.population is None]
    if without:
        value = _("not judged: the definition gives no population")
        yield Fact(_("Smallest population of an area"), value, named(without))
    for field in database.categories:
        if not field.inherit:
            yield Fact(_("Margins of all but one category are printed"), field.label, field.inherit_reason)
    if database.records.unit_id is None:
        yield Fact(
            _("Keys of records"),
            _("made of the rows themselves"),
            _("A record that is edited draws new noise, so each revision lets readers learn a little more."),
        )


def policy_findings(compared: Compared) -> Iterator[Finding]:
    """A finding for everything that protects less than in the last release, and for everything else that differs."""
    if compared.last is None:
        return
    was, now = policy_of(compared.last.database), policy_of(compared.database)
    for cause, label, before, after, weaker in _differences(was, now, compared.last.database, compared.database):
        yield _finding(compared, cause, label, (before, after), weaker=weaker)


def _differences(
    was: Policy, now: Policy, before: Database, after: Database
) -> Iterator[tuple[str, str, str, str, bool]]:
    """What differs: an id, its name, what it was and is, and whether it is weaker."""
    if was.preset is not now.preset:
        yield "preset", _("Preset"), was.preset, now.preset, _STRENGTH[now.preset] < _STRENGTH[was.preset]
    for name, label in (
        ("threshold", _("Smallest number printed")),
        ("n_min_magnitude", _("Smallest count beside an amount")),
    ):
        a, b = getattr(was, name) or 0, getattr(now, name) or 0
        if a != b:
            yield name, label, f"{a}", f"{b}", b < a
    if was.ptable and now.ptable and was.ptable.digest != now.ptable.digest and was.preset is now.preset:
        yield (
            "ptable",
            _("Perturbation table"),
            was.ptable.digest[:8],
            now.ptable.digest[:8],
            now.variance < was.variance,
        )
    yield from _rule_differences(was.rules, now.rules)
    yield from _field_differences(before, after)
    if was.version != now.version or was.name != now.name:
        names = [_("{name}, version {version}").format(name=p.name, version=p.version) for p in (was, now)]
        yield "version", _("Policy"), names[0], names[1], False


def _rule_differences(was: RuleLimits | None, now: RuleLimits | None) -> Iterator[tuple[str, str, str, str, bool]]:
    if was is None or now is None:
        if was is not now:
            yield "rules", _("Rules"), _on(was is not None), _on(now is not None), now is None
        return
    for rule in fields(RuleLimits):
        a, b = getattr(was, rule.name), getattr(now, rule.name)
        if a != b:
            yield rule.name, _(_RULES[rule.name]), _text(a), _text(b), _is_weaker(rule.name, a, b)


def _is_weaker(rule: str, was: object, now: object) -> bool:
    if rule in _ON_IS_STRONGER:
        return bool(was) and not now
    if rule == "exclusions":
        return not set(was or ()) <= set(now or ())  # type: ignore[call-overload]
    if was is None or now is None:
        return now is None
    smaller = float(now) < float(was)  # type: ignore[arg-type]
    return smaller if rule in _HIGHER_IS_STRONGER else not smaller


def _text(value: object) -> str:
    if value is None or isinstance(value, bool):
        return _on(bool(value))
    if isinstance(value, tuple):
        return "; ".join(" + ".join(one.fields) for one in value) or _("none")
    return f"{value:g}" if isinstance(value, int | float) else f"{value}"


def _on(is_on: bool) -> str:  # noqa: FBT001 - the word for it
    return _("on") if is_on else _("off")


def _field_differences(before: Database, after: Database) -> Iterator[tuple[str, str, str, str, bool]]:
    then = {field.id: field for field in before.categories}
    for field in after.categories:
        was = then.get(field.id)
        if was is None:
            continue
        if was.inherit != field.inherit:
            label = _("Margins of all but one category of {field} print like their whole").format(field=field.label)
            yield f"inherit:{field.id}", label, _on(was.inherit), _on(field.inherit), was.inherit
        if was.population is not None and field.population is None:
            label = _("Smallest population of the areas of {field}").format(field=field.label)
            yield f"population:{field.id}", label, _("judged"), _("not judged"), True


def _finding(compared: Compared, cause: str, label: str, values: tuple[str, str], *, weaker: bool) -> Finding:
    check = WEAKER if weaker else CHANGED
    less = _("{what} protects less than in the last release: {now}, after {was}.")
    other = _("{what} is {now}; in the last release it was {was}.")
    return Finding(
        finding_id(check, compared.database.id, cause, *values),
        check,
        Severity.PROBLEM if weaker else Severity.WARNING,
        label,
        (less if weaker else other).format(what=label, was=values[0], now=values[1]),
        *values,
        _("Have the disclosure officer agree, and say so in the reason."),
    )
