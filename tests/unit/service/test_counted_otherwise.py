"""Which numbers of two releases can differ at all is told without work where nothing differs."""

import four_releases
import pytest

from statlas.service.tables import otherwise
from statlas.service.tables.differences import difference


@pytest.fixture
def home(tmp_path):
    """Four releases; the codes of a field are others in the fourth."""
    made = four_releases.first(tmp_path)
    four_releases.second(made, tmp_path)
    four_releases.third(made, tmp_path)
    four_releases.fourth(made, tmp_path, mapping="")
    return made


def test_fields_that_are_as_they_were_are_not_copied(home, monkeypatch):
    """A field of a hundred thousand small areas is not taken apart for each of its levels: that took seconds."""
    copied = []
    bare = otherwise._bare
    monkeypatch.setattr(otherwise, "_bare", lambda field: copied.append(field.id) or bare(field))
    found = difference(home=home, database_id="help", then="1", now="1")
    assert len(found.levels) > len({level.field for level in found.levels})
    assert not copied
    assert not any(level.periods for level in found.levels)


def test_a_field_that_differs_is_looked_at_once(home, monkeypatch):
    """Once of each release, however many levels it has."""
    copied = []
    bare = otherwise._bare
    monkeypatch.setattr(otherwise, "_bare", lambda field: copied.append(field.id) or bare(field))
    difference(home=home, database_id="help", then="3", now="4")
    assert copied
    assert all(copied.count(field) == 2 for field in copied)
