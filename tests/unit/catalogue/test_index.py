import threading

import pytest

from statlas.catalogue import Document, Index, Kind, build, understand

AREAS = [
    Document(Kind.AREA, "Leeds", "Yorkshire", "E08000035 Local authority", code="E08000035", weight=3),
    Document(Kind.AREA, "Leeds East", "Yorkshire", "E14000777 Constituency", code="E14000777", weight=2),
    Document(Kind.AREA, "Bristol, City of", "South West", "E06000023", code="E06000023", weight=3),
]
OTHERS = [
    Document(Kind.DATABASE, "Universal Credit", "Benefits People", "who are paid", "uc"),
    Document(Kind.FIELD, "Gender", "Universal Credit", "", "uc", "SEX"),
    Document(Kind.FIELD, "Management", "Universal Credit", "", "uc", "MAN"),
    Document(Kind.VALUE, "Male", "Gender, Universal Credit", "1", "uc", "SEX", "C", "1"),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """An index of a few things."""
    path = tmp_path_factory.mktemp("index") / "i.sqlite3"
    build(path, [*AREAS, *OTHERS])
    with Index(path) as opened:
        yield opened


def _titles(index, text, kind):
    return [one.document.title for one in index.matching(understand(text).terms, kind, 10)]


def test_a_word_finds_what_begins_with_it(index):
    """The whole word first; every document of that kind and no other."""
    assert len(index) == 7
    assert _titles(index, "leeds", Kind.AREA) == ["Leeds", "Leeds East"]
    assert _titles(index, "univ cred", Kind.DATABASE) == ["Universal Credit"]
    assert _titles(index, "leeds", Kind.FIELD) == []


def test_a_phrase_of_the_field_is_taken_whole(index):
    """*Men* finds the category that is called male, and not management."""
    assert _titles(index, "men", Kind.VALUE) == ["Male"]
    assert _titles(index, "men", Kind.FIELD) == []


def test_what_speaks_of_more_comes_first(index):
    """Its title counts before where it belongs."""
    [found] = index.matching(understand("credit men").terms, Kind.VALUE, 10)
    assert (found.whole, found.in_title, found.covered) == ({1}, {1}, {0, 1})


def test_a_database_is_called_by_its_folder_too(index):
    """What is in the folder *Benefits* is meant where benefits are asked for."""
    [found] = index.matching(understand("benefits").terms, Kind.DATABASE, 10)
    assert (found.whole, found.in_title) == ({0}, set())


def test_an_area_is_found_by_each_of_its_names(index):
    """With or without what follows the comma, or by its code."""
    for words in (("leed",), ("e08000035",)):
        assert [area.code for area in index.named(words)] == ["E08000035"]
    assert [area.title for area in index.named(("bristol",))] == ["Bristol, City of"]
    assert index.named(("lee",)) == []


def test_a_misspelt_word_is_taken_for_the_nearest(index):
    """Of the vocabulary, synonyms included; a word that is near none is left."""
    assert index.knows("univ")
    assert not index.knows("univresal")
    assert index.near("univresal") == "universal"
    assert index.near("bedrom") == "bedroom"
    assert index.near("xylophone") == ""
    assert index.near("pxp") == ""


@pytest.mark.parametrize(
    "text",
    ['" OR "', "a* NEAR(b)", "title:leeds", "-leeds", "x" * 5_000, "\0\x1b[31m", "'; DROP TABLE word; --", "%_", "ﷺ"],
)
def test_nothing_typed_is_syntax(index, text):
    """Neither of FTS5 nor of SQL: whatever it is, it is only looked for."""
    for kind in Kind:
        index.matching(understand(text).terms, kind, 10)
    for word, _ in understand(text).words:
        index.knows(word)
        index.near(word)
        index.named((word,))
    assert len(index) == 7


def test_several_may_make_it_at_once(tmp_path):
    """Each makes a whole one beside; what lies there in the end is whole, and nothing else lies there."""
    path = tmp_path / "deep" / "i.sqlite3"
    makers = [threading.Thread(target=build, args=(path, [*AREAS])) for _ in range(4)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert [found.name for found in path.parent.iterdir()] == ["i.sqlite3"]
    with Index(path) as made:
        assert len(made) == 3


def test_one_that_fails_leaves_the_old_one(tmp_path):
    """A fault while it is made is told, and what lay there stays."""
    path = tmp_path / "i.sqlite3"
    build(path, AREAS)

    def broken():
        yield AREAS[0]
        raise ValueError("a fault")

    with pytest.raises(ValueError, match="a fault"):
        build(path, broken())
    assert [found.name for found in tmp_path.iterdir()] == ["i.sqlite3"]
    with Index(path) as made:
        assert len(made) == 3
