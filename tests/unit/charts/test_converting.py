"""Specifications become pictures in a process of its own, within a time, and it comes back after one that does not."""

import pytest
from cubes import cube, dimension, measure

from statlas.charts import Choice, Kind, Setting, converting, pictures, specification
from statlas.errors import BackendError, QueryError

SETTING = Setting("Persons & <areas>", "", "http://localhost/")


@pytest.fixture(scope="module")
def converter():
    """A converter of this module, ended with it."""
    made = converting.Converter()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def spec():
    """A small chart."""
    made = cube((dimension("area", list("abc")),), measure([5, 6, 7]))
    return specification(made, Choice(Kind.BAR, "area"), SETTING)


@pytest.mark.parametrize(("form", "begins"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF-")])
def test_a_specification_becomes_a_picture(converter, spec, form, begins):
    """Of each kind; the text of the SVG is text."""
    made = converter.picture(spec, form)
    assert made.startswith(begins)
    if form == "svg":
        assert b"Area b" in made
        assert b"style=" not in made


def test_a_picture_that_takes_too_long_is_stopped_and_the_next_is_drawn(converter, spec):
    """The process is ended; another is started."""
    with pytest.raises(BackendError, match="too long"):
        converter.picture(spec, "svg", timeout_s=0.0001)
    assert converter.picture(spec, "svg").startswith(b"<svg")


def test_what_cannot_be_drawn_says_so_and_nothing_is_fetched(converter, spec):
    """A specification that is none, or wants data from elsewhere, is refused; the process goes on."""
    elsewhere = {**spec, "data": {"url": "http://127.0.0.1:9/secret.csv"}}
    for bad in ({"mark": 5}, elsewhere):
        with pytest.raises(BackendError, match="cannot be drawn"):
            converter.picture(bad, "svg")
    assert converter.picture(spec, "svg").startswith(b"<svg")


def test_a_specification_that_is_too_large_is_refused_before_it_is_drawn(converter):
    """By its bytes."""
    with pytest.raises(QueryError, match="too large"):
        converter.picture({"data": "x" * (converting.MOST_BYTES + 1)}, "svg")


def test_an_svg_says_what_it_shows_to_whoever_cannot_see_it(monkeypatch, converter, spec):
    """Its title and description are escaped; the same picture is drawn once."""
    drawn = []
    monkeypatch.setattr(
        converting, "picture", lambda *given, **more: drawn.append(1) or converter.picture(*given, **more)
    )
    for _ in range(2):
        made = pictures.picture(spec, "svg", ("Persons & <areas>", "From 5 to 7"))
    assert b"<title>Persons &amp; &lt;areas&gt;</title><desc>From 5 to 7</desc>" in made
    assert b' role="img">' in made
    assert len(drawn) == 1
