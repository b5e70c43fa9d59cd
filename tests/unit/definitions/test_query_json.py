import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odd_queries import DATABASE, queries
from pydantic import ValidationError

from statlas.definitions import strict_json
from statlas.definitions.query_form import QueryForm
from statlas.definitions.query_json import MOST_TOLD, query_json, query_of
from statlas.errors import QueryError, RequestError, UnknownNameError
from statlas.model.classification import Node
from statlas.model.derived import Change, Formula, Percentage, Rank, Share, Since
from statlas.model.query import Dimension, Filter, Item, Query, Role, TimeKind, TimeSelector

MEASURES = st.sampled_from(["", "T", "PAY:SUM"])
WORKED_OUT = st.one_of(
    st.builds(Percentage, st.sampled_from(Share), MEASURES),
    st.builds(Change, st.sampled_from(Since), st.booleans(), MEASURES),
    st.builds(Rank, st.sampled_from(["AREA", "A.B"]), MEASURES, st.booleans()),
    st.builds(
        Formula,
        st.text(min_size=1, max_size=6),
        st.sampled_from(["{T} / {PAY:SUM}", " -{x} "]),
        st.sampled_from([None, "AREA"]),
        st.integers(0, 6),
    ),
)


def asked(**given):
    """The query of a form in JSON, as of the database of odd names."""
    return query_of(DATABASE, QueryForm.model_validate({"database": "odd", **given}))


def mistakes(**given):
    """What is said of a form that cannot be read."""
    with pytest.raises(QueryError) as caught:
        asked(**given)
    facts = caught.value.facts
    return facts.get("errors") or [facts | {"code": caught.value.code}]


@given(queries(WORKED_OUT))
def test_a_query_in_json_is_read_back_as_it_was(query):
    """Whatever it holds; one without a date, and without a filter on it, has the latest as its first slice."""
    dated = query
    date = DATABASE.date.id
    if date not in {d.field for d in query.dimensions}:
        latest = Dimension(date, time=TimeSelector(), role=Role.WAFERS)
        dated = Query(
            query.database, query.measures, (latest, *query.dimensions), query.filters, query.release, query.derived
        )
    told = json.loads(json.dumps(query_json(query)))
    assert query_of(DATABASE, QueryForm.model_validate(told)) == dated
    assert query_json(dated) == query_json(query_of(DATABASE, QueryForm.model_validate(query_json(dated))))


def test_the_words_are_those_of_python_and_of_ready_made_tables():
    """Axes, levels, codes before groups, periods, filters, and what is worked out."""
    query = asked(
        rows=["AREA@REGION"],
        columns=[{"field": "A.B", "codes": ["1"], "groups": {"Two": ["50%", "@home"]}, "total": True}],
        periods="from 202502",
        filters={"SEX@2": "F"},
        measures=["PAY"],
        derived=[{"percentage": "row"}],
    )
    assert query == Query(
        "odd",
        ("PAY",),
        (
            Dimension("MONTH", time=TimeSelector(TimeKind.FROM, start="202502"), role=Role.WAFERS),
            Dimension("AREA", valueset="REGION"),
            Dimension(
                "A.B",
                items=(Item((Node("ONLY", "1"),)), Item((Node("ONLY", "50%"), Node("ONLY", "@home")), "Two")),
                total=True,
                role=Role.COLUMNS,
            ),
        ),
        (Filter("SEX@2", (Node("C=SEX", "F"),)),),
        derived=(Percentage(Share.ROW),),
    )


def test_the_date_takes_the_periods_wherever_it_stands():
    """Its own first; codes of it are left alone."""
    [date] = asked(columns=["MONTH"], periods="all").dimensions
    assert date == Dimension("MONTH", time=TimeSelector(TimeKind.ALL), role=Role.COLUMNS)
    [date] = asked(dimensions=[{"field": "MONTH", "periods": "latest(2)"}], periods="all").dimensions
    assert date.time == TimeSelector(n=2)
    [date] = asked(rows=[{"field": "MONTH", "codes": ["202501"]}]).dimensions
    assert date.items == (Item((Node("C_DATE", "202501"),)),)


def test_every_mistake_is_told_at_once_with_its_place():
    """Unknown fields, levels, codes and measures, each with the nearest real ones."""
    found = mistakes(
        rows=["AERA", "AREA@REGIONS", {"field": "A.B", "codes": ["1", "@hme"]}],
        filters={"SEX@2": ["F", "X9"]},
        measures=["T", "PYA:SUM"],
        periods="yesterday",
        derived=[{"percentage": "row", "change": "year"}],
    )
    assert [(one["pointer"], one.get("nearest", "-")) for one in found] == [
        ("/periods", "-"),
        ("/rows/0", ["AREA"]),
        ("/rows/1", ["REGION"]),
        ("/rows/2/codes/1", ["@home"]),
        ("/filters/SEX@2/1", []),
        ("/measures/1", ["PAY:SUM"]),
        ("/derived/0", "-"),
    ]
    assert {one["code"] for one in found} == {"query", "unknown-name"}


def test_one_mistake_keeps_its_kind():
    """Programs know an unknown name by its code."""
    with pytest.raises(UnknownNameError) as caught:
        asked(rows=["Area fild"])
    assert caught.value.facts["pointer"] == "/rows/0"
    assert caught.value.facts["nearest"][0] == "AREA"


@pytest.mark.parametrize(
    "given",
    [
        {"dimensions": ["AREA"], "rows": ["A.B"]},
        {"rows": ["AREA"], "columns": ["AREA"]},
        {"rows": [{"field": "AREA", "periods": "all"}]},
        {"rows": [{"field": "AREA", "items": ["1"], "codes": ["2"]}]},
        {"rows": [{"field": "AREA", "items": [{"codes": ["1", "1"]}]}]},
        {"rows": [{"field": "AREA", "codes": []}]},
        {"rows": [{"field": "AREA", "groups": {"None": []}}]},
        {"filters": {"AREA": ["1"], "AREA field": ["2"]}},
        {"rows": ["@"]},
    ],
)
def test_what_makes_no_sense_is_a_mistake(given):
    """Never another table than the one meant."""
    assert mistakes(**given)


def test_a_thousand_mistakes_are_twenty():
    """Who makes more has one cause for all of them."""
    codes = [f"no such code {n}" for n in range(100_000)]
    assert len(mistakes(rows=[{"field": "AREA", "codes": codes}])) == MOST_TOLD


@pytest.mark.parametrize(
    "given",
    [
        {"rows": ["AREA"] * 1_000},
        {"rows": "AREA"},
        {"rows": [["AREA"]]},
        {"rows": [1] * 1_000_000},
        {"rows": [{"field": "AREA", "total": "yes"}]},
        {"rows": [{"field": "A" * 301}]},
        {"filters": {"AREA": [None]}},
        {"unknown": 1},
        {"release": 3},
        {"derived": [{"precision": 10**300}]},
    ],
)
def test_another_form_is_refused_in_a_moment(given):
    """A thousand fields, a text for a list, a million numbers for names: few faults are gathered."""
    with pytest.raises(ValidationError) as caught:
        QueryForm.model_validate({"database": "odd", **given})
    assert caught.value.error_count() < 5


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "expecting value, line 1, column 1"),
        (b"{", "line 1"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b'{"a": 1, "a": 2}', "'a' stands twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b"\xff\xfe{}", "JSON"),
        (b'"\xff"', "not text in UTF-8"),
        (b"9" * 5_000, "a number no one can read"),
        (rb'{"a": ["\ud800"]}', "holds a character that is none"),
        (rb'{"a\u0000": 1}', "holds a character that is none"),
        (json.dumps({str(n): 1 for n in range(1_001)}).encode(), "1,001 names"),
    ],
)
def test_what_is_no_plain_json_is_refused(body, said):
    """With the reason, and never an exception of the parser's own."""
    with pytest.raises(RequestError) as caught:
        strict_json.loads(body)
    assert said in caught.value.message
    caught.value.message.encode()
