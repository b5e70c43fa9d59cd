"""The reference page of definition files is what the code reads."""

import importlib.util
import re

import pytest

from statlas import definitions
from statlas.definitions import form


@pytest.fixture(scope="module")
def script(root):
    """The script that writes the page."""
    spec = importlib.util.spec_from_file_location("definition_reference", root / "scripts" / "definition_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_the_one_the_script_writes(script):
    """Every key of the form is on the page, as the form explains it; run the script after changing the form."""
    assert script.PAGE.read_text("utf-8") == script.page()


def test_every_mapping_has_a_section(script):
    """No part of the form is left out of the page."""
    assert set(script.SECTIONS) == {kind for kind in form.Form.__subclasses__() if kind.__module__ == form.__name__}


def test_the_example_on_the_page_is_a_definition(script, tmp_path):
    """What the page shows can be copied."""
    [example] = re.findall(r"```yaml\n(.*?)```", script.page(), re.DOTALL)
    (tmp_path / "d.yaml").write_text(example)
    (tmp_path / "town.csv").write_text("code,label\nT,Town\n")
    (tmp_path / "ward.csv").write_text("code,label,parent\nW,Ward,T\n")
    assert definitions.read(tmp_path / "d.yaml").tables
