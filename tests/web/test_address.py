from contextlib import suppress
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odd_queries import DATABASE, queries

from statlas.definitions.address import parameters_of, query_of, query_string, with_date
from statlas.errors import QueryError, UnknownNameError
from statlas.model.classification import Node
from statlas.model.derived import Change, Formula, Percentage, Rank, Share, Since
from statlas.model.query import Dimension, Item, Query, Role
from statlas.web import form


def _by_address(parameters):
    """What a browser sends for an address and a server reads from it."""
    return tuple(parse_qsl(query_string(parameters), keep_blank_values=True))


@given(queries())
def test_an_address_gives_back_the_query_it_was_written_from(query):
    """Whatever the query and however odd its codes, its permalink asks the same."""
    assert query_of(DATABASE, _by_address(parameters_of(query))) == query


@given(queries())
def test_a_builder_can_be_shown_for_every_query(query):
    """Each field of it on a card of its axis, in its order."""
    shown = form.form_of(DATABASE, query, ())
    cards = [(axis.role, card.field) for axis in shown.axes for card in axis.cards]
    assert cards == [(role, d.field) for role in Role for d in query.dimensions if d.role is role]
    assert query_of(DATABASE, shown.hidden) == query


# --- hostile and mistaken addresses -----------------------------------------------------------------------------------


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["rows", "columns", "total", "periods", "items.AREA", "filter.A.B", "release", "measure"]),
            st.one_of(st.text(max_size=30), st.sampled_from(["AREA", "AREA@L:A", "MONTH", "all", "A.B", "1;2", "=;,"])),
        ),
        max_size=6,
    )
)
def test_no_address_breaks_the_reader(parameters):
    """It is read as a query or refused as one, and the form can be shown for it all the same."""
    with suppress(QueryError):
        query_of(DATABASE, tuple(parameters))
    understood = form.as_far_as_read(DATABASE, tuple(parameters))
    form.form_of(DATABASE, understood, ())


@pytest.mark.parametrize(
    ("address", "expected", "words"),
    [
        ("rows=NOPE", UnknownNameError, "NOPE"),
        ("rows=AREA@NOPE", UnknownNameError, "NOPE"),
        ("rows=AREA&items.AREA=NOPE", UnknownNameError, "NOPE"),
        ("rows=AREA&items.AREA=REGION:9", UnknownNameError, "9"),
        ("rows=AREA&items.AREA=", QueryError, "no items"),
        ("rows=AREA&columns=AREA", QueryError, "twice"),
        ("rows=AREA&filter.AREA=1", QueryError, "twice"),
        ("rows=AREA&filter.A.B=", QueryError, "names no code"),
        ("rows=AREA&total=A.B", QueryError, "not in the table"),
        ("rows=AREA&items.A.B=1", QueryError, "not in the table"),
        ("rows=AREA&periods=all", QueryError, "not in the table"),
        ("columns=MONTH&periods=soon", QueryError, "soon"),
        ("columns=MONTH&periods=latest(0)", QueryError, "at least 1"),
        ("columns=MONTH&periods=latest(abc)", QueryError, "abc"),
        ("columns=MONTH&periods=2025", QueryError, "2025"),
        ("columns=MONTH&periods=202504..202501", QueryError, "before it starts"),
        ("columns=MONTH&periods=all&periods=latest", QueryError, "2 times"),
        ("columns=MONTH@C_DATE&periods=all", QueryError, "both"),
        ("row=AREA", None, ""),
        ("rwos=AREA", UnknownNameError, "rwos"),
        ("filters.AREA=1", UnknownNameError, "filters.AREA"),
        ("rows=AREA&utm_source=post&fbclid=1", None, ""),
        ("rows=AREA&row=201&column=51&wafer=2&empty=shown", None, ""),
    ],
)
def test_a_mistake_in_an_address_is_named(address, expected, words):
    """Nothing of a table's address is passed over in silence, but what others hang on links and what part is shown."""
    parameters = tuple(parse_qsl(address, keep_blank_values=True))
    if expected is None:
        query_of(DATABASE, parameters)
    else:
        with pytest.raises(expected) as caught:
            query_of(DATABASE, parameters)
        assert words in str(caught.value)
        assert caught.value.mend


def test_codes_without_a_level_are_looked_for():
    """A hand-written address need not know levels: the coarsest that has the code is taken."""
    query = query_of(DATABASE, (("rows", "AREA field"), ("items.AREA", "1;50%25")))
    assert query.dimensions == (Dimension("AREA", items=(Item((Node("REGION", "1"),)), Item((Node("L:A", "50%"),)))),)


# --- the date --------------------------------------------------------------------------------------------------------


def test_one_date_that_stands_nowhere_heads_the_table():
    """The date is part of every answer; the page says which it is."""
    query = with_date(DATABASE, query_of(DATABASE, (("rows", "AREA"),)))
    assert query.dimensions[-1] == Dimension("MONTH", role=Role.WAFERS)
    assert with_date(DATABASE, query) == query


# --- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "derived"),
    [
        ("percentage;row", Percentage(Share.ROW)),
        ("percentage;total;PAY:SUM", Percentage(Share.TOTAL, "PAY:SUM")),
        ("change;previous", Change(Since.PREVIOUS)),
        ("change;year;percent", Change(Since.YEAR, percent=True)),
        ("change;year;amount;PAY:MEAN", Change(Since.YEAR, measure="PAY:MEAN")),
        ("rank;AREA", Rank("AREA")),
        ("rank;AREA;smallest;T", Rank("AREA", "T", ascending=True)),
        ("formula;Share;{1} / {2};AREA;3", Formula("Share", "{1} / {2}", "AREA", 3)),
        ("formula;Pay a head;{PAY} / {T}", Formula("Pay a head", "{PAY} / {T}")),
    ],
)
def test_derived_numbers_are_legible_in_an_address(text, derived):
    """Short, and the same both ways."""
    assert query_of(DATABASE, (("derived", text),)).derived == (derived,)
    assert parameters_of(Query("odd", derived=(derived,))) == (("derived", text),)


@pytest.mark.parametrize(
    "text",
    [
        *("percentage", "percentage;diagonal", "percentage;row;T;x", "percentile;30", ";", "change;decade"),
        *("change;year;twice", "rank", "rank;AREA;upwards", "formula;F", "formula;;{T}", "formula;F;{T};;x"),
        *("formula;F;{T};;-1", "formula;F;__import__('os')", "formula;F;{T} ** 9", "formula;F;{T};AREA;1;2"),
    ],
)
def test_what_is_no_derived_number_is_refused(text):
    """With what it could be; nothing is passed over."""
    with pytest.raises(QueryError) as caught:
        query_of(DATABASE, (("derived", text),))
    assert caught.value.mend
