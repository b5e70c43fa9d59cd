from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statlas.catalogue import fold, spans, understand
from statlas.catalogue.moments import Moment, moment_of
from statlas.catalogue.spelling import distance, errors_allowed
from statlas.catalogue.understanding import MOST_WORDS, synonyms

WORDS = st.text("abcdefghij", max_size=8)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Family Types", ("family", "type")),
        ("families", ("family",)),
        ("Spare-room reductions", ("spare", "room", "reduction")),
        ("Women and CHILDREN", ("woman", "and", "child")),
        ("Ynys Môn", ("yny", "mon")),
        ("Jobseeker's Allowance", ("jobseeker", "allowance")),
        ("bus gas less status", ("bus", "gas", "less", "status")),
        ("£100 (bands)", ("100", "band")),
        ('"*(^ OR', ("or",)),
        ("", ()),
    ],
)
def test_words_are_folded(text, words):
    """Without case, accents, marks and plural endings."""
    assert fold(text) == words


@given(st.text(max_size=60))
def test_every_word_knows_its_place(text):
    """Whatever the text is, spans lie in it, in order, apart."""
    found = spans(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(WORDS, WORDS)
def test_the_distance_of_words_is_a_distance(one, other):
    """It is none only between equals, the same both ways, and never more than the longer word has letters."""
    assert (distance(one, other) == 0) == (one == other)
    assert distance(one, other) == distance(other, one)
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("univresal", "universal", 1), ("credt", "credit", 1), ("leeds", "leads", 1), ("", "abc", 3), ("ca", "abc", 3)],
)
def test_a_swap_of_neighbours_is_one_mistake(one, other, apart):
    """As people make them (optimal string alignment: a swapped pair is not touched again)."""
    assert distance(one, other) == apart


def test_short_words_and_numbers_are_taken_as_they_are():
    """Another word of three letters is another word, and another year another year."""
    assert [errors_allowed(word) for word in ("pip", "2024", "rent", "universal")] == [0, 0, 1, 2]


def test_phrases_of_the_field_are_known():
    """The longest phrase is one term, with its official names; words that say little are left out."""
    found = understand("How many women pay the bedroom tax in Leeds?")
    assert [(term.said, term.is_phrase) for term in found.terms] == [
        ("women", True),
        ("pay", False),
        ("bedroom tax", True),
        ("Leeds", False),
    ]
    assert ("spare", "room", "subsidy") in found.terms[2].ways
    assert found.terms[2].weight == 2


def test_words_that_say_little_count_where_there_are_no_others():
    """*People* alone is sought as it stands."""
    assert [term.said for term in understand("people").terms] == ["people"]


def test_every_synonym_can_be_said():
    """Each row of the list has a phrase, something that it means, and why; and is found when typed."""
    every = [one for ones in synonyms().values() for one in ones]
    assert len(every) > 60
    for one in every:
        assert one.said
        assert all(fold(meant) for meant in one.meant)
        assert one.why
        assert understand(" ".join(one.said)).terms[0].synonym is not None


@given(st.text())
def test_whatever_is_typed_is_understood_as_few_words(text):
    """Nothing fails, and no more is read than a question needs."""
    found = understand(text)
    assert len(found.words) <= MOST_WORDS
    assert all(word for term in found.terms for word in term.words)
    assert all(letter.isprintable() for letter in found.text)


@pytest.mark.parametrize(
    ("text", "moment", "rest"),
    [
        ("pip 2024", Moment("2024", "", "2024"), ["pip"]),
        ("March 2024 pip", Moment("2024", "03", "March 2024"), ["pip"]),
        ("2024 sep", Moment("2024", "09", "2024 sep"), []),
        ("march", None, ["march"]),
        ("may 12", None, ["may", "12"]),
        ("in 3024", None, ["in", "3024"]),
    ],
)
def test_times_are_understood(text, moment, rest):
    """A year, or a month beside a year; a month alone may be anything."""
    found, words = moment_of(understand(text).words)
    assert found == moment
    assert [word for word, _ in words] == rest
