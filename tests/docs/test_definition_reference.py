"""The reference pages of definition and policy files are what the code reads."""

import importlib.util
import re

import pytest

from statlas import definitions
from statlas.definitions.form_base import Form


@pytest.fixture(scope="module")
def script(root):
    """The script that writes the page."""
    spec = importlib.util.spec_from_file_location("definition_reference", root / "scripts" / "definition_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def examples(page):
    """The YAML blocks of a page."""
    return re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)


def test_the_pages_are_those_the_script_writes(script):
    """Every key of a form is on its page, as the form explains it; run the script after changing a form."""
    assert len(script.PAGES) == 2
    for path, write in script.PAGES.items():
        assert path.read_text("utf-8") == write()
        assert script.MARK in write()


def test_every_mapping_has_a_section(script):
    """No part of a form is left out of the pages."""
    ours = {kind for kind in Form.__subclasses__() if kind.__module__.startswith("statlas.definitions.")}
    assert {*script.SECTIONS, *script.POLICY_SECTIONS} == ours


def test_the_example_of_a_policy_is_a_policy(script, tmp_path):
    """What the page of policies shows can be copied."""
    [example] = examples(script.policy_page())
    (tmp_path / "policy.yaml").write_text(example)
    (tmp_path / "d.yaml").write_text(
        "{statlas: 1, id: d, label: D, unit: u, policy: policy.yaml, records: {label: R}, date: {column: m}}"
    )
    protection = definitions.read(tmp_path / "d.yaml").protection
    assert (protection.threshold, len(protection.rules)) == (8, 2)


def test_the_example_on_the_page_is_a_definition(script, tmp_path):
    """What the page shows can be copied."""
    [example] = examples(script.page())
    (tmp_path / "d.yaml").write_text(example)
    (tmp_path / "town.csv").write_text("code,label\nT,Town\n")
    (tmp_path / "ward.csv").write_text("code,label,parent\nW,Ward,T\n")
    assert definitions.read(tmp_path / "d.yaml").tables
