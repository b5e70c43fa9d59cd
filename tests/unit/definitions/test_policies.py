"""Policies and rules: presets, policy files, and what a definition sets otherwise."""

import pytest

from statlas import definitions
from statlas.errors import DefinitionError
from statlas.model.protection import Protection, RuleSetting

POLICY = """\
statlas_policy: 1
name: department
version: 3
preset: strong
threshold: 8
n_min_magnitude: 20
rules:
  sparsity: {on: true, reason: The panel asked for it.}
  field_exclusion:
    - {fields: [PLOT, SEX, AGE], limit: 2, reason: They single people out.}
"""
FILE = "policies/department.yaml"


@pytest.fixture
def with_policy(base):
    """The base definition under the policy file."""
    return base.replace("unit: applicant", f"unit: applicant\npolicy: {FILE}")


@pytest.mark.parametrize("preset", ["light", "standard", "strong"])
def test_a_preset_is_a_policy_of_its_own_name(read, base, preset):
    """It has version 1 and the thresholds of the decisions page, and no rule is set otherwise."""
    db = read(base.replace("unit: applicant", f"unit: applicant\npolicy: {preset}"))
    assert (db.policy, db.protection) == (preset, Protection(preset, 1, preset, 5, 10, ()))


def test_open_hides_nothing(read, base):
    """There is no smallest count under ``open``."""
    db = read(base.replace("unit: applicant", "unit: applicant\npolicy: open"))
    assert db.protection == Protection("open", 1, "open", 0, 0, ())


def test_a_policy_file_is_resolved_into_the_database(read, with_policy):
    """Its name, version, preset, thresholds and rules are those of the database, which goes by its name."""
    db = read(with_policy, **{FILE: POLICY})
    assert db.policy == "department"
    assert db.protection == Protection(
        "department",
        3,
        "strong",
        8,
        20,
        (
            RuleSetting("field_exclusion", "They single people out.", limit=2, fields=("PLOT", "SEX", "AGE")),
            RuleSetting("sparsity", "The panel asked for it."),
        ),
    )
    assert definitions.loads(definitions.dumps(db)) == db


def test_a_release_keeps_the_policy_file(read, with_policy, folder):
    """It is one of the files that the definition was read from."""
    read(with_policy, **{FILE: POLICY})
    assert definitions.read_with_files(folder / "definition.yaml")[1] == (FILE,)


def test_the_rules_of_a_database_come_after_those_of_its_policy(read, with_policy):
    """They are said later, and so they win."""
    rules = """
rules:
  sparsity: {off: true, reason: The lists are short.}
  max_variables: {limit: 6, small_areas: 4, reason: The areas are large.}
  mean_cell_size: {limit: 0.5, reason: Few are sensitive.}
  min_area_population: {off: yes, reason: Nobody lives there.}
  field_exclusion:
    - {fields: [PLOT, AREA], reason: They say the same.}
"""
    settings = read(with_policy + rules, **{FILE: POLICY}).protection.rules
    assert settings[2:] == (
        RuleSetting("max_variables", "The areas are large.", limit=6, small_area_limit=4),
        RuleSetting("field_exclusion", "They say the same.", limit=1, fields=("PLOT", "AREA")),
        RuleSetting("mean_cell_size", "Few are sensitive.", limit=0.5),
        RuleSetting("min_area_population", "Nobody lives there.", on=False),
        RuleSetting("sparsity", "The lists are short.", on=False),
    )


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("max_variables: {limit: 6}", ("missing-key", "rules.max_variables.reason")),
        ("max_variables: {limit: 6, reason: ''}", ("bad-value", "rules.max_variables.reason")),
        ("max_variables: {limit: 6, reason: '  '}", ("bad-value", "rules.max_variables.reason")),
        ("max_variables: {limit: 0, reason: x}", ("bad-value", "rules.max_variables.limit")),
        ("max_variables: {limit: 2.5, reason: x}", ("bad-value", "rules.max_variables.limit")),
        ("max_variables: {reason: x}", ("one-of", "rules.max_variables")),
        ("max_variables: {off: true, limit: 6, reason: x}", ("two-of-one", "rules.max_variables")),
        ("max_variables: {off: true, on: true, reason: x}", ("two-of-one", "rules.max_variables")),
        ("mean_cell_size: {limit: -1, reason: x}", ("bad-value", "rules.mean_cell_size.limit")),
        ("mean_cell_size: {limit: nan, reason: x}", ("bad-value", "rules.mean_cell_size.limit")),
        ("mean_cell_size: {small_areas: 1, limit: 1, reason: x}", ("unknown-key", "rules.mean_cell_size.small_areas")),
        ("mean_cell_size: off", ("bad-value", "rules.mean_cell_size")),
        ("sparsity: {reason: x}", ("one-of", "rules.sparsity")),
        ("one_geography: {off: true, reason: x}", ("unknown-key", "rules.one_geography")),
        ("field_exclusion: {fields: [AREA, PLOT], reason: x}", ("bad-value", "rules.field_exclusion")),
        ("field_exclusion: [{fields: [AREA], reason: x}]", ("bad-value", "rules.field_exclusion[0].fields")),
        ("field_exclusion: [{fields: [AREA, PLOT]}]", ("missing-key", "rules.field_exclusion[0].reason")),
        (
            "field_exclusion: [{fields: [AREA, PLTO], reason: x}]",
            ("unknown-field", "rules.field_exclusion[0].fields[1]"),
        ),
    ],
)
def test_a_rule_that_cannot_be_set_so_is_a_fault(found, base, rules, expected):
    """Every departure needs a reason, and a switch and a limit may not contradict one another."""
    assert [fault[:2] for fault in found(f"{base}rules:\n  {rules}\n")] == [expected]


def test_open_asks_no_rule(found, base):
    """A rule there would seem to protect where nothing is protected."""
    text = base.replace("unit: applicant", "unit: applicant\npolicy: open")
    text += "rules:\n  sparsity: {on: true, reason: x}\n"
    assert [fault[:2] for fault in found(text)] == [("bad-value", "rules")]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("statlas_policy: 1", "statlas_policy: 2", ("bad-value", "statlas_policy", 1)),
        ("name: department\n", "", ("missing-key", "name", 1)),
        ("name: department", "name: two words", ("bad-value", "name", 2)),
        ("name: department", "name: standard", ("reserved-id", "name", 2)),
        ("version: 3", "version: 0", ("bad-value", "version", 3)),
        ("preset: strong", "preset: weak", ("bad-value", "preset", 4)),
        ("threshold: 8", "threshold: 4", ("bad-value", "threshold", 5)),
        ("n_min_magnitude: 20", "n_min_magnitude: 9", ("bad-value", "n_min_magnitude", 6)),
        ("n_min_magnitude: 20", "inherit: false", ("unknown-key", "inherit", 6)),
        ("sparsity: {on: true, reason", "sparsity: {on: perhaps, reason", ("bad-value", "rules.sparsity.on", 8)),
        ("sparsity: {on: true, reason", "sparsity: {why", ("missing-key", "rules.sparsity.reason", 8)),
    ],
)
def test_a_mistake_of_a_policy_file_is_found_in_its_place_and_line(faults, with_policy, old, new, expected):
    """It is reported with the name of the policy file, like any mistake of the definition."""
    assert POLICY.count(old) == 1
    found = faults(with_policy, **{FILE: POLICY.replace(old, new)})
    assert expected in [(f.code, f.path, *f.rows[:1]) for f in found]
    assert {f.file for f in found} == {FILE}


def test_an_open_policy_file_has_no_thresholds_and_no_rules(faults, with_policy):
    """What would not be done may not be written."""
    found = faults(with_policy, **{FILE: POLICY.replace("preset: strong", "preset: open")})
    assert [f.path for f in found] == ["threshold", "n_min_magnitude", "rules"]


def test_mistakes_of_both_files_are_found_in_one_pass(faults, with_policy):
    """A mistake of the policy file does not hide one of the definition, nor the other way round."""
    text = with_policy.replace("missing: 9", "missing: 8")
    found = faults(text, **{FILE: POLICY.replace("threshold: 8", "threshold: 1").replace("version: 3", "version: x")})
    assert [(f.file, f.path) for f in found] == [
        ("definition.yaml", "fields[1].missing"),
        (FILE, "version"),
        (FILE, "threshold"),
    ]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("nowhere.yaml", "no-file"),
        ("../outside.yaml", "file-outside"),
        ("policies.txt", "bad-value"),
        ("x:y", "bad-value"),
    ],
)
def test_a_policy_file_must_be_there(found, with_policy, name, code):
    """It lies beside the definition, whose releases keep it."""
    assert [fault[:2] for fault in found(with_policy.replace(FILE, f'"{name}"'))] == [(code, "policy")]


@pytest.mark.parametrize("content", ["", "just words", "- a\n", "a: [1,", "statlas: 1\nname: x\n"])
def test_a_policy_file_that_is_none_is_a_fault(faults, with_policy, content):
    """Whatever the file holds, the answer is a report."""
    assert {f.file for f in faults(with_policy, **{FILE: content})} == {FILE}


def test_a_policy_file_in_another_encoding_is_a_fault(read, with_policy, folder):
    """As for definitions."""
    (folder / "policies").mkdir()
    (folder / FILE).write_bytes("name: caf\xe9".encode("latin-1"))
    with pytest.raises(DefinitionError) as caught:
        read(with_policy)
    assert [f.code for f in caught.value.faults] == ["wrong-encoding"]
