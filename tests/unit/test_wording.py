"""The words of the site: English as it is, another language from its file, and one that shows what was forgotten."""

import pytest

from statlas import wording
from statlas.wording import gettext, several, speaking

CATALOGUE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: cy\\n"
"Plural-Forms: nplurals=2; plural=(n == 1 ? 0 : 1);\\n"

msgid "Rows"
msgstr "Rhesi"

msgid "{n} table"
msgid_plural "{n} tables"
msgstr[0] "{n} tabl"
msgstr[1] "{n} o dablau"
"""


@pytest.fixture
def welsh(tmp_path, monkeypatch):
    """A site with a Welsh catalogue of two messages."""
    folder = tmp_path / "locale" / "cy" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "statlas.po").write_text(CATALOGUE.strip(), encoding="utf-8")
    monkeypatch.setattr(wording, "_catalogues", lambda: tmp_path / "locale")
    wording._catalogue.cache_clear()
    yield
    wording._catalogue.cache_clear()


def test_english_is_as_it_is_written():
    """Without a catalogue, and without one being looked for."""
    assert (gettext("Rows"), several("{n} table", "{n} tables", 2)) == ("Rows", "{n} tables")


def test_another_language_is_a_file_away(welsh):
    """What has a translation is translated, with its plural forms; what has none stays English."""
    with speaking("cy"):
        assert gettext("Rows") == "Rhesi"
        assert gettext("Columns") == "Columns"
        assert several("{n} table", "{n} tables", 1).format(n=1) == "1 tabl"
        assert several("{n} table", "{n} tables", 3).format(n=3) == "3 o dablau"
    assert gettext("Rows") == "Rows"


def test_a_language_without_a_catalogue_is_refused():
    """It names those that there are."""
    with pytest.raises(ValueError, match="en, en-XA"), speaking("xx"):
        pass


def test_the_pseudo_language_keeps_names_and_tags():
    """Everything else has accents, and brackets around it."""
    with speaking(wording.PSEUDO):
        assert gettext("Rows {first} to <b>%(last)s</b>") == "⟦Röwš {first} tö <b>%(last)s</b>⟧"
        assert several("{n} row", "{n} rows", 1) == "⟦{n} röw⟧"
