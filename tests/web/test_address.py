from contextlib import suppress
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odd_queries import DATABASE, queries

from statlas.definitions.address import parameters_of, query_of, query_string, with_date
from statlas.errors import QueryError, UnknownNameError
from statlas.model.classification import Node
from statlas.model.derived import Change, Formula, Percentage, Rank, Share, Since
from statlas.model.query import Dimension, Item, Query, Role, TimeSelector
from statlas.web import form


def _by_address(parameters):
    """What a browser sends for an address and a server reads from it."""
    return tuple(parse_qsl(query_string(parameters), keep_blank_values=True))


@given(queries())
def test_an_address_gives_back_the_query_it_was_written_from(query):
    """Whatever the query and however odd its codes, its permalink asks the same."""
    assert query_of(DATABASE, _by_address(parameters_of(query))) == query


def _in_axis_order(query):
    """A form holds the rows before the columns before the wafers, so that is how its address lists them."""
    return [_explicit(d) for role in Role for d in query.dimensions if d.role is role]


def _explicit(dimension):
    """The same with the default level named, which is how a form writes it, and the latest date not."""
    if dimension.field == "MONTH":
        return replace(dimension, time=None) if dimension.time == TimeSelector() else dimension
    return (
        replace(dimension, valueset=dimension.valueset or DATABASE.field(dimension.field).valueset.id)
        if dimension.items is None
        else dimension
    )


@given(queries())
def test_a_form_sent_unchanged_asks_for_the_same_table(query):
    """Its lists, boxes and hidden parts hold all there is to a query."""
    parameters = parameters_of(query)
    shown = form.form_of(DATABASE, parameters)
    address = form.address_of(DATABASE, _by_address(_answers_of(shown)))
    again = query_of(DATABASE, address)
    assert _in_axis_order(again) == _in_axis_order(query)
    assert (again.filters, again.release, {*again.derived}) == (query.filters, query.release, {*query.derived})
    assert [*map(_whole, again.measures or ("T",))] == [*map(_whole, query.measures or ("T",))]


def _whole(name):
    """A measure with its statistic."""
    return "PAY:SUM" if name == "PAY" else name


def _answers_of(shown):
    """What a browser sends for a form as it is shown."""
    yield "form", "table"
    yield from shown.hidden
    for slot in shown.numbers.slots:
        yield "measure", next((o.value for group in slot.groups for o in group.options if o.selected), "")
    yield "derived", next((option.value for option in shown.numbers.derived if option.selected), "")
    yield from (("derived", text) for text in shown.numbers.kept)
    for axis, slots in shown.slots.items():
        for slot in slots:
            chosen = [option.value for group in slot.groups for option in group.options if option.selected]
            assert len(chosen) <= 1
            yield axis, (chosen or [""])[0]
            if slot.total:
                yield "total", slot.name
    yield "dates", shown.dates.kind
    yield "n", shown.dates.n
    yield "start", shown.dates.start
    yield "end", shown.dates.end


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
    form.form_of(DATABASE, tuple(parameters))
    form.address_of(DATABASE, (("form", "table"), *parameters))


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


# --- what the form asks for -------------------------------------------------------------------------------------------


def _address(*answers):
    return form.address_of(DATABASE, (("form", "table"), *answers))


def test_blank_lists_are_left_out_and_totals_follow_their_list():
    """The total of the second list is that of the field chosen in it."""
    answers = [("rows", ""), ("rows", "AREA@REGION"), ("columns", "A.B@ONLY"), ("total", "rows.2"), ("total", "rows.1")]
    assert _address(*answers) == (("rows", "AREA@REGION"), ("total", "AREA"), ("columns", "A.B@ONLY"))


def test_several_dates_bring_the_date_into_the_columns():
    """Asked for the latest three without a place for them, the page puts them where they can be seen."""
    answers = [("rows", "AREA@REGION"), ("dates", "last"), ("n", " 3 ")]
    assert _address(*answers) == (("rows", "AREA@REGION"), ("columns", "MONTH"), ("periods", "latest(3)"))


def test_another_level_lets_go_of_the_categories_chosen():
    """Regions ticked do not stand in a table of authorities."""
    kept = ("kept.AREA", "REGION|1;2")
    assert dict(_address(("rows", "AREA@REGION"), kept))["items.AREA"] == "1;2"
    assert "items.AREA" not in dict(_address(("rows", "AREA@L%3AA"), kept))


def test_dates_chosen_one_by_one_give_way_to_a_period():
    """Ticking *All* means all."""
    kept = ("kept.MONTH", "|202501;202503")
    chosen = dict(_address(("columns", "MONTH"), kept, ("dates", "chosen")))
    assert chosen["items.MONTH"] == "202501;202503"
    assert dict(_address(("columns", "MONTH"), kept, ("dates", "all")))["periods"] == "all"


def _ticked(*answers):
    return form.address_of(DATABASE, (("form", "categories"), ("use", "items"), *answers))


def test_nothing_ticked_is_the_whole_level():
    """The page of categories changes the level of the table too."""
    answers = [("field", "AREA"), ("level", "L:A"), ("find", "x"), ("rows", "AREA@REGION"), ("columns", "MONTH")]
    assert _ticked(*answers) == (("rows", "AREA@L%3AA"), ("columns", "MONTH"))


def test_ticked_dates_take_the_place_of_periods():
    """A table cannot have both."""
    answers = [("field", "MONTH"), ("level", "C_DATE"), ("columns", "MONTH"), ("periods", "latest(13)")]
    found = _ticked(*answers, ("items.MONTH", "C_DATE:202501"))
    assert found == (("columns", "MONTH@C_DATE"), ("items.MONTH", "202501"))


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


def test_the_count_alone_needs_no_name_in_the_address():
    """A form that was not touched leads to the shortest address."""
    answers = (("form", "table"), ("rows", "AREA"), ("measure", "T"), ("measure", ""), ("derived", ""))
    assert form.address_of(DATABASE, answers) == (("rows", "AREA"),)
