import re
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statlas.errors import SettingsError
from statlas.web.configuration import TWO_FACTOR, Settings, variable

NAMES = [field.name for field in fields(Settings)]
WORDS = st.text("abcdefghij.-0123456789", min_size=1, max_size=12)
SETTINGS = st.builds(
    Settings,
    home=st.one_of(st.none(), WORDS.map(lambda name: Path("/srv") / name)),
    hosts=st.lists(WORDS, min_size=1, max_size=3).map(tuple),
    behind_proxy=st.booleans(),
    hsts_seconds=st.integers(0, 10**8),
    site_name=WORDS,
    page_cells=st.integers(1, 10**6),
    page_rows=st.integers(1, 1000),
    page_columns=st.integers(1, 1000),
    answers_mb=st.integers(0, 10**6),
    database_url=WORDS.map("postgresql://me:{}@host/statlas".format),
    email_url=WORDS.map("smtps://me:{}@host".format),
    email_from=WORDS.map("{}@example.org".format),
    sign_up=st.booleans(),
    two_factor=st.sampled_from(TWO_FACTOR),
    oidc_url=WORDS.map("https://id.example/{}".format),
    oidc_client=WORDS,
    oidc_secret=WORDS,
    oidc_name=WORDS,
    access_log=WORDS,
)


@given(SETTINGS)
def test_settings_survive_the_environment(settings):
    """What a process writes into the environment of another is read there as it was."""
    assert Settings.from_environment(settings.as_environment()) == settings


def test_an_empty_environment_gives_the_defaults():
    """Nothing need be set; a blank variable counts as not set."""
    assert Settings.from_environment({}) == Settings.from_environment({"STATLAS_HOSTS": ""}) == Settings()


def test_settings_are_frozen():
    """No request changes the site for the next one."""
    with pytest.raises(AttributeError):
        Settings().page_rows = 5


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("behind_proxy", "maybe"),
        ("page_cells", "0"),
        ("page_cells", "many"),
        ("page_rows", "-5"),
        ("page_columns", "1.5"),
        ("answers_mb", "-1"),
        ("hsts_seconds", "²"),
        ("sign_up", "perhaps"),
        ("two_factor", "maybe"),
        ("oidc_url", "id.example"),
        ("email_from", "nobody"),
        ("database_url", "sqlite:///x"),
        ("email_url", "carrier pigeon"),
        ("hsts_seconds", "9" * 5000),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(name, text):
    """The error names the variable, so that its owner finds it."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({variable(name): text})
    assert caught.value.facts["setting"] == name
    assert variable(name) in caught.value.message


def test_there_are_thirty_settings_at_most():
    """What nobody would find among more, belongs in a group's limits, a policy or the code."""
    assert len(NAMES) <= 30


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_read_by_something(name, root):
    """An option that changes nothing is no option."""
    sources = [path for path in (root / "src").rglob("*.py") if path.name != "configuration.py"]
    used = re.compile(rf"\b{name}\b")
    assert any(used.search(path.read_text("utf-8")) for path in sources)


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_documented(name, root):
    """docs/reference/settings.md has a section for each, by the name of its variable."""
    assert f"\n## {variable(name)}\n" in (root / "docs/reference/settings.md").read_text("utf-8")


def test_a_site_known_by_another_name_is_not_local():
    """Browsers are told to use HTTPS only of names that are not this machine alone."""
    assert Settings().is_local
    assert not replace(Settings(), hosts=("localhost", "data.example.org")).is_local
