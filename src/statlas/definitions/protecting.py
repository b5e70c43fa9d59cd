"""The protection of a database: a preset or a policy file, and the rules that are set otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from statlas.definitions.code_files import Files
from statlas.definitions.findings import Findings, Place
from statlas.definitions.policy_form import (
    PRESETS,
    AreaRuleForm,
    PolicyForm,
    RulesForm,
    SwitchRuleForm,
    VariablesRuleForm,
)
from statlas.definitions.presets import preset_protection
from statlas.definitions.validating import validated
from statlas.definitions.yaml_text import read_yaml
from statlas.errors import DefinitionError
from statlas.model.protection import RULES, Protection, RuleSetting

RuleForm = VariablesRuleForm | AreaRuleForm | SwitchRuleForm


@dataclass(frozen=True)
class Protecting:
    """Makes the protection of one definition, noting mistakes in it and in its policy file."""

    files: Files

    def protection(self, policy: str, rules: RulesForm) -> Protection | None:
        """What a policy and a database's own rules say; None, with findings, if the policy has mistakes."""
        found = preset_protection(policy) if policy in PRESETS else self._of_file(policy)
        findings = self.files.findings
        own = _rules(rules, ("rules",), findings)
        if found is None:
            return None
        _check_open(found, own, findings)
        return replace(found, rules=(*found.rules, *own))

    def _of_file(self, name: str) -> Protection | None:
        path = self.files.path(name, ("policy",))
        if path is None:
            return None
        findings = Findings(name)
        found = _read(path, findings)
        self.files.findings.take(findings.report)
        return found


def read_policy(path: Path) -> Protection:
    """What a policy file says by itself.

    Raises:
        DefinitionError: it has mistakes; ``faults`` holds all of them.
    """
    findings = Findings(path.name)
    found = _read(path, findings)
    if found is None or findings.faults:
        raise DefinitionError(f"{path.name} is no policy.", faults=findings.report)
    return found


def _read(path: Path, findings: Findings) -> Protection | None:
    data = read_yaml(path, findings, "statlas_policy: 1")
    form = None if data is None else validated(PolicyForm, data, (), findings).form
    return None if form is None else _policy(form, findings)


def _policy(form: PolicyForm, findings: Findings) -> Protection:
    if form.name in PRESETS:
        words = "a name of its own; this one is a preset's"
        findings.add(("name",), "reserved-id", words, "Rename the policy.")
    plain = preset_protection(form.preset)
    for key in ("threshold", "n_min_magnitude"):
        if form.preset == "open" and getattr(form, key) is not None:
            findings.add((key,), "bad-value", f"no `{key}` under `open`, which hides nothing", "Leave it out.")
    rules = _rules(form.rules, ("rules",), findings)
    _check_open(plain, rules, findings)
    return Protection(
        name=form.name,
        version=form.version,
        preset=form.preset,
        threshold=form.threshold or plain.threshold,
        n_min_magnitude=form.n_min_magnitude or plain.n_min_magnitude,
        rules=rules,
    )


def _check_open(found: Protection, rules: tuple[RuleSetting, ...], findings: Findings) -> None:
    if found.preset == "open" and rules:
        findings.add(("rules",), "bad-value", "no rules under `open`, which asks none", "Leave them out.")


def _rules(form: RulesForm, place: Place, findings: Findings) -> tuple[RuleSetting, ...]:
    found = {
        "field_exclusion": [
            RuleSetting("field_exclusion", one.reason, limit=one.limit, fields=tuple(one.fields))
            for one in form.field_exclusion
        ]
    }
    for name in ("max_variables", "mean_cell_size", "min_area_population", "sparsity"):
        rule: RuleForm | None = getattr(form, name)
        if rule is not None:
            found[name] = list(_setting(name, rule, (*place, name), findings))
    return tuple(setting for name in RULES for setting in found.get(name, ()))


def _setting(name: str, form: RuleForm, place: Place, findings: Findings) -> Iterator[RuleSetting]:
    limit, small_areas = getattr(form, "limit", None), getattr(form, "small_areas", None)
    is_limited = limit is not None or small_areas is not None
    given = {form.on, None if form.off is None else not form.off} - {None}
    if len(given) == 2 or (given == {False} and is_limited):  # noqa: PLR2004 - on and off at once
        words = "either `off`, or `on` with or without limits"
        findings.add(place, "two-of-one", words, "Keep one.")
    elif not given and not is_limited:
        words = "`on` or `off`" if name == "sparsity" else "a limit, `on` or `off`"
        findings.add(place, "one-of", words, "Say how the rule is set.")
    else:
        yield RuleSetting(name, form.reason, on=given != {False}, limit=limit, small_area_limit=small_areas)
