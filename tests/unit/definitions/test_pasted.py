"""A pasted list of categories says what it names, and what it could not understand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statlas.definitions import pasted
from statlas.model.classification import Classification, Code, Node, Valueset
from statlas.model.database import Field
from statlas.model.derivation import Column

COUNTRIES = Valueset("C", "Country", (Code("W", "Wales"), Code("E", "England")))
REGIONS = Valueset(
    "R",
    "Region",
    (Code("W92", "Wales", (Node("C", "W"),)), Code("E12", "Yorkshire & The Humber", (Node("C", "E"),))),
)
AREAS = Valueset(
    "A",
    "Local authority",
    (
        Code("E08000035", "Leeds", (Node("R", "E12"),)),
        Code("E08000032", "Bradford", (Node("R", "E12"),)),
        Code("E06000023", "Bristol, City of", (Node("R", "E12"),)),
        Code("E08000019", "Sheffield", (Node("R", "E12"),), valid_to="202403"),
        Code("E08000039", "Sheffield", (Node("R", "E12"),), valid_from="202404"),
        Code("W06000022", "Newport", (Node("R", "W92"),)),
        Code("N1", "St. Helens", (Node("R", "E12"),)),
        Code("N2", "King\u2019s Lynn", (Node("R", "E12"),)),
    ),
)
SMALL = Valueset("M", "Small area", (Code("M1", "Newport", (Node("A", "W06000022"),)), Code("M2", "Elsewhere")))
FIELD = Field(
    "AREA", "Area", "T", Classification((COUNTRIES, REGIONS, AREAS, SMALL)), Column("area"), default_valueset="A"
)


def codes(text, level=""):
    """Codes of what a list names."""
    return tuple(node.code for node in pasted.read(FIELD, text, level).nodes)


@pytest.mark.parametrize(
    "text",
    [
        "E08000035\nE08000032",
        "e08000035, E08000032",
        "E08000035;E08000032;",
        "E08000035\tE08000032",
        "  Leeds  \r\n\r\n  BRADFORD",
        '"Leeds","Bradford"',
        "E08000035 Leeds\nE08000032 Bradford",
        "Leeds (E08000035)\nBradford (E08000032)",
        "E08000035\tLeeds\nE08000032\tBradford",
        "E08000035,Leeds\nE08000032,Bradford",
        "E08000035 - Leeds\nE08000032: Bradford",
    ],
)
def test_codes_and_names_are_read_however_they_are_parted(text):
    """Lines, commas, semicolons, tabs; blanks, quotes, capitals; codes beside names."""
    assert codes(text) == ("E08000035", "E08000032")


@pytest.mark.parametrize("text", ["Bristol, City of", "Leeds, Bristol, City of, Bradford", '"Bristol, City of";Leeds'])
def test_a_name_may_hold_a_comma(text):
    """The longest name that fits is taken."""
    assert "E06000023" in codes(text)
    assert pasted.read(FIELD, text).unknown == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [("Yorkshire and the Humber", "E12"), ("St Helens", "N1"), ("King's Lynn", "N2"), ("st.  helens", "N1")],
)
def test_small_marks_of_writing_do_not_matter(text, code):
    """Ampersands, full stops and curled quotes are written both ways."""
    assert codes(text) == (code,)


def test_levels_may_be_mixed_and_the_order_stays():
    """A list of a region and two areas is three categories."""
    assert codes("Leeds\nE12\nBradford") == ("E08000035", "E12", "E08000032")


def test_the_same_people_under_one_name_are_the_coarsest_category():
    """Wales the country and Wales the region count the same."""
    assert pasted.read(FIELD, "Wales").nodes == (Node("C", "W"),)
    assert pasted.read(FIELD, "Wales", "R").nodes == (Node("R", "W92"),)


def test_a_name_of_several_categories_is_asked_about_unless_the_level_says_which():
    """Nothing is guessed."""
    found = pasted.read(FIELD, "Sheffield, Newport")
    assert found.nodes == (Node("A", "W06000022"),)
    assert [(one.text, [n.code for n in one.nodes]) for one in found.ambiguous] == [
        ("Sheffield", ["E08000019", "E08000039"])
    ]
    assert pasted.read(FIELD, "Newport", "M").nodes == (Node("M", "M1"),)


def test_what_is_named_again_is_counted():
    """By code and by name it is the same category."""
    found = pasted.read(FIELD, "Leeds\nE08000035\nBradford\nleeds")
    assert (codes("Leeds\nE08000035\nBradford\nleeds"), found.n_repeated) == (("E08000035", "E08000032"), 2)


def test_what_is_not_found_is_told_with_what_it_is_like():
    """Each once, the likest first."""
    found = pasted.read(FIELD, "Leds\nLeds\nZanzibar")
    assert [(one.text, [node.code for node in one.near[:1]]) for one in found.unknown] == [
        ("Leds", ["E08000035"]),
        ("Zanzibar", []),
    ]


@given(st.text())
def test_no_text_breaks_it(text):
    """Whatever is pasted, what is understood is there and what is not is told."""
    found = pasted.read(FIELD, text)
    assert all(node in FIELD.classification.positions for node in found.nodes)


@given(st.lists(st.sampled_from(AREAS.codes), unique=True), st.sampled_from(["\n", ",", ";", "\t", "\r\n", " , "]))
def test_every_list_of_codes_comes_back_as_it_was(some, mark):
    """In its order, whatever stands between."""
    assert codes(mark.join(code.id for code in some)) == tuple(code.id for code in some)
