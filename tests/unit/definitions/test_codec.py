"""The stored form of a database."""

import json
import re
import subprocess
import sys

import pytest

from statlas import definitions
from statlas.errors import HomeError
from statlas.model.protection import Protection


def test_equal_databases_are_the_same_text(read, base):
    """The text is canonical, one line."""
    text = definitions.dumps(read(base))
    assert text == definitions.dumps(definitions.loads(text))
    assert "\n" not in text


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"format":1}', '{"format":1,"records":[]}'])
def test_a_damaged_text_is_an_error_of_the_home(text):
    """It is not taken for a mistake of the publisher's."""
    with pytest.raises(HomeError, match="damaged"):
        definitions.loads(text)


def test_a_text_of_a_later_version_is_refused(read, base):
    """An older Statlas does not guess at what it cannot know."""
    data = {**json.loads(definitions.dumps(read(base))), "format": 2}
    with pytest.raises(HomeError, match="later version"):
        definitions.loads(json.dumps(data))


def test_a_text_of_an_earlier_version_loads(read, base):
    """A release published before there were policies in files, weights or percentiles has what was meant then."""
    plain = read(base.replace("unit: applicant", "policy: strong\nunit: applicant"))
    text = definitions.dumps(plain)
    new = {"protection", "weight", "impossible", "population", "available_from", "derived"}
    assert not new & set(re.findall(r'"(\w+)":', text))
    assert len(json.loads(text)["measures"][0]) == 8
    assert len(json.loads(text)["records"]) == 4
    loaded = definitions.loads(text)
    assert loaded == plain
    assert (loaded.protection.preset, loaded.protection.threshold, loaded.weight) == ("strong", 5, None)


def test_an_open_database_of_an_earlier_version_hides_nothing(read, base):
    """The policy that was written as a word is the preset of that name."""
    text = definitions.dumps(read(base.replace("unit: applicant", "policy: open\nunit: applicant")))
    assert "protection" not in json.loads(text)
    assert definitions.loads(text).protection == Protection("open", 1, "open", threshold=0, n_min_magnitude=0)


def test_loading_needs_neither_yaml_nor_pydantic_nor_duckdb():
    """A cold process that only answers queries imports the codec alone."""
    heavy = ["pydantic", "ruamel.yaml", "duckdb", "pyarrow", "numpy"]
    found = f"[m for m in {heavy} if m in sys.modules]"
    program = f"import sys; from statlas import definitions; definitions.loads; print({found})"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_an_unknown_name_of_the_room_is_an_attribute_error():
    """Names are imported when first used, and misspelt ones are told as ever."""
    with pytest.raises(AttributeError, match="raed"):
        definitions.raed  # noqa: B018 - the attribute is asked for its absence
