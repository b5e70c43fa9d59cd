"""From the bodies that real clients send, and those that nobody should, to a query or a refusal."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statlas.api.opendata import refusals
from statlas.definitions.stat_xplore import read
from statlas.errors import QueryError, StatlasError
from statlas.model.classification import Node
from statlas.model.query import Dimension, Item, TimeKind, TimeSelector

DATABASE = "str:database:hb_new"
COUNT = "str:count:hb_new:V_F_HB_NEW"
STATFN = "str:statfn:hb_new:V_F_HB_NEW:LAHBAMT"
DATE = "str:field:hb_new:F_HB_NEW_DATE:NEW_DATE_NAME"
AREA = "str:field:hb_new:V_F_HB_NEW:COA_CODE"
TENURE = "str:field:hb_new:V_F_HB_NEW:TENURE_PUB"
LA = "str:valueset:hb_new:V_F_HB_NEW:COA_CODE:V_LA"
NORTH_EAST = "str:value:hb_new:V_F_HB_NEW:COA_CODE:V_REGION:E12000001"
WALES = "str:value:hb_new:V_F_HB_NEW:COA_CODE:V_REGION:W92000004"
AUTHORITY = "str:value:hb_new:V_F_HB_NEW:COA_CODE:V_LA:E00000007"
SOCIAL, PRIVATE = (f"str:value:hb_new:V_F_HB_NEW:TENURE_PUB:C_HOUSING_SECTOR:{code}" for code in "12")
AUGUST = "str:value:hb_new:F_HB_NEW_DATE:NEW_DATE_NAME:C_HB_NEW_DATE:202508"

LATEST = Dimension("NEW_DATE_NAME")
EVERY_MONTH = Dimension("NEW_DATE_NAME", time=TimeSelector(TimeKind.ALL))


@pytest.fixture
def ask(find):
    """From the members of a body to the table request."""
    return lambda **members: read.read(json.dumps({"database": DATABASE, **members}).encode(), find)


@pytest.fixture
def refusal(find):
    """From a body to the refusal in the dialect's form."""

    def told(body):
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        with pytest.raises(StatlasError) as raised:
            read.read(text, find)
        assert raised.value.http_status == 400
        return refusals.body_of(raised.value)

    return told


# --- what clients send ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("members", [{}, {"dimensions": None}, {"dimensions": []}, {"dimensions": [[]]}])
def test_without_dimensions_the_date_stands_alone_at_its_latest_value(ask, members):
    """Missing, null, [] and [[]] ask for the mandatory field only; it gets no total."""
    asked = ask(**members)
    assert asked.query.dimensions == (LATEST,)
    assert asked.dimensions == ((DATE,),)


@pytest.mark.parametrize("members", [{}, {"recodes": None}, {"recodes": {}}, {"recodes": {TENURE: None}}])
def test_the_date_is_added_as_the_first_field(ask, members):
    """The answer gains a leading axis; recodes may be missing, null or empty, as may a single one."""
    asked = ask(dimensions=[[TENURE]], **members)
    assert asked.query.dimensions == (LATEST, Dimension("TENURE_PUB"))
    assert asked.dimensions == ((DATE,), (TENURE,))


@pytest.mark.parametrize("measures", [None, [], [COUNT], [COUNT, COUNT]])
def test_no_measure_and_the_count_ask_for_the_count(ask, measures):
    """A measure named twice is answered once: cubes have their measure for a name."""
    assert ask(measures=measures).query.measures in {(), ("V_F_HB_NEW",)}


@pytest.mark.parametrize(
    ("uri", "measure"),
    [
        (f"{STATFN}:SUM", "LAHBAMT:SUM"),
        (f"{STATFN}:MEAN", "LAHBAMT:MEAN"),
        (f"{STATFN}:MEDIAN", "LAHBAMT:MEDIAN"),
        (f"{STATFN}:P50", "LAHBAMT:MEDIAN"),
        (f"{STATFN}:P30", "LAHBAMT:P30"),
        (STATFN.replace("statfn", "measure"), "LAHBAMT:SUM"),
    ],
)
def test_a_statistic_of_a_measure_is_asked_by_its_id(ask, uri, measure):
    """A measure alone stands for its first statistic; which percentiles there are is for the policy to say."""
    asked = ask(measures=[COUNT, uri])
    assert asked.query.measures == ("V_F_HB_NEW", measure)
    assert asked.measures == ((COUNT, "V_F_HB_NEW"), (uri, measure))


def test_two_ids_of_one_statistic_are_counted_once(ask):
    """A measure alone and its first statistic are the same number under two ids, both of which are answered."""
    alone = STATFN.replace("statfn", "measure")
    asked = ask(measures=[alone, f"{STATFN}:SUM", alone])
    assert asked.query.measures == ("LAHBAMT:SUM",)
    assert [uri for uri, _ in asked.measures] == [alone, f"{STATFN}:SUM"]


@pytest.mark.parametrize("recode", [{}, {"map": []}, {"map": None}, {"total": False}, None])
def test_a_date_named_without_a_map_is_every_date(ask, recode):
    """Users empty the map, or delete the recode of the date, to get all dates."""
    recodes = {} if recode is None else {DATE: recode}
    assert ask(dimensions=[[DATE]], recodes=recodes).query.dimensions == (EVERY_MONTH,)


@pytest.mark.parametrize("recode", [{"total": True}, {"total": True, "map": []}, {"total": True, "map": None}])
def test_a_total_without_a_map_is_of_every_value(ask, recode):
    """STATcubeR and others send a total alone."""
    asked = ask(dimensions=[[DATE], [TENURE]], recodes={TENURE: recode})
    assert asked.query.dimensions[1] == Dimension("TENURE_PUB", total=True)


def test_a_map_lists_items_groups_and_mixed_levels(ask):
    """One inner array is one item; several ids in it are counted together; values may be of several levels."""
    recode = {"map": [[WALES], [NORTH_EAST, AUTHORITY]], "total": True}
    items = (
        Item((Node("V_REGION", "W92000004"),)),
        Item((Node("V_REGION", "E12000001"), Node("V_LA", "E00000007"))),
    )
    asked = ask(dimensions=[[AREA]], recodes={AREA: recode})
    assert asked.query.dimensions == (LATEST, Dimension("COA_CODE", items=items, total=True))


def test_the_latest_month_and_chosen_months_differ(ask):
    """A month named is that month, whatever follows it."""
    asked = ask(dimensions=[[DATE]], recodes={DATE: {"map": [[AUGUST]]}})
    month = Item((Node("C_HB_NEW_DATE", "202508"),))
    assert asked.query.dimensions == (Dimension("NEW_DATE_NAME", items=(month,)),)


def test_the_date_may_be_recoded_though_it_is_not_among_the_dimensions(ask):
    """It is one of them, added by the server: the dates asked for are the dates given."""
    month = Dimension("NEW_DATE_NAME", items=(Item((Node("C_HB_NEW_DATE", "202508"),)),))
    tenure = Dimension("TENURE_PUB")
    assert ask(dimensions=[[TENURE]], recodes={DATE: {"map": [[AUGUST]]}}).query.dimensions == (month, tenure)
    assert ask(dimensions=[[TENURE]], recodes={DATE: {"map": []}}).query.dimensions == (EVERY_MONTH, tenure)


def test_a_valueset_stands_for_a_field(ask):
    """All its values; its URI is kept for the answer."""
    asked = ask(dimensions=[[DATE], [LA]])
    assert asked.query.dimensions[1] == Dimension("COA_CODE", valueset="V_LA")
    assert asked.dimensions == ((DATE,), (LA,))


def test_a_valueset_may_be_recoded_under_its_own_name(ask):
    """As in the captured query for authorities."""
    asked = ask(dimensions=[[LA]], recodes={LA: {"map": [[AUTHORITY]], "total": False}})
    assert asked.query.dimensions[1] == Dimension("COA_CODE", items=(Item((Node("V_LA", "E00000007"),)),))


def test_the_date_may_be_asked_by_its_valueset(ask):
    """Then no second date is added."""
    uri = "str:valueset:hb_new:F_HB_NEW_DATE:NEW_DATE_NAME:C_HB_NEW_DATE"
    assert ask(dimensions=[[uri]]).query.dimensions == (Dimension("NEW_DATE_NAME", valueset="C_HB_NEW_DATE"),)


def test_several_fields_in_one_inner_array_stand_in_their_order(ask):
    """Columns, rows, wafers: the axes of the answer are the flattened order; the arrays are kept for the echo."""
    asked = ask(dimensions=[[TENURE, DATE], [], [AREA]])
    assert [d.field for d in asked.query.dimensions] == ["TENURE_PUB", "NEW_DATE_NAME", "COA_CODE"]
    assert asked.dimensions == ((TENURE, DATE), (AREA,))


def test_codes_may_hold_colons_slashes_and_percent_signs(ask):
    """A code is everything after the valueset's name."""
    field = "str:field:hb_new:V_F_HB_NEW:ODD"
    values = [f"str:value:hb_new:V_F_HB_NEW:ODD:C_ODD:{code}" for code in ("a:b", "N/A", "50%")]
    asked = ask(dimensions=[[field]], recodes={field: {"map": [values]}})
    assert [node.code for node in asked.query.dimensions[1].items[0].nodes] == ["a:b", "N/A", "50%"]


# --- what cannot be answered ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "component"),
    [
        ({"database": "str:database:nowhere"}, "str:database:nowhere"),
        ({"database": "hb_new"}, "hb_new"),
        ({"database": COUNT}, COUNT),
        ({"measures": ["str:count:hb_new:V_F_OTHER"]}, "str:count:hb_new:V_F_OTHER"),
        ({"measures": ["str:count:other:V_F_HB_NEW"]}, "str:count:other:V_F_HB_NEW"),
        ({"measures": ["str:measure:hb_new:V_F_HB_NEW:NONE"]}, "str:measure:hb_new:V_F_HB_NEW:NONE"),
        ({"measures": ["str:measure:hb_new:V_F_OTHER:LAHBAMT"]}, "str:measure:hb_new:V_F_OTHER:LAHBAMT"),
        ({"measures": ["str:statfn:other:V_F_HB_NEW:LAHBAMT:SUM"]}, "str:statfn:other:V_F_HB_NEW:LAHBAMT:SUM"),
        ({"dimensions": [["invalid_uri"]]}, "invalid_uri"),
        ({"dimensions": [[f"{TENURE}X"]]}, f"{TENURE}X"),
        ({"dimensions": [["str:field:other:V_F_HB_NEW:TENURE_PUB"]]}, "str:field:other:V_F_HB_NEW:TENURE_PUB"),
        ({"dimensions": [["str:field:hb_new:WRONG:TENURE_PUB"]]}, "str:field:hb_new:WRONG:TENURE_PUB"),
        ({"dimensions": [[f"{LA}X"]]}, f"{LA}X"),
        ({"dimensions": [[SOCIAL]]}, SOCIAL),
        ({"recodes": {"str:field:x": {}}}, "str:field:x"),
        ({"dimensions": [[TENURE]], "recodes": {TENURE: {"map": [[f"{SOCIAL}X"]]}}}, f"{SOCIAL}X"),
        ({"dimensions": [[TENURE]], "recodes": {TENURE: {"map": [[WALES]]}}}, WALES),
        ({"dimensions": [[TENURE]], "recodes": {TENURE: {"map": [[SOCIAL, TENURE]]}}}, TENURE),
        ({"dimensions": [["Private or Social Rented"]]}, "Private or Social Rented"),
    ],
)
def test_an_unknown_component_is_named(refusal, members, component):
    """Worded as the server's answer to an unknown schema id, the id sent back as it came."""
    assert refusal({"database": DATABASE, **members}) == {
        "message": f"Could not find the requested component: {component}.",
        "errorType": "SCHEMA_COMPONENT_NOT_FOUND",
        "component": component,
    }


@pytest.mark.parametrize(
    ("members", "error_type"),
    [
        ({"dimensions": [[LA]], "recodes": {AREA: {"total": True}}}, "DUPLICATE_RECODES"),
        ({"dimensions": [[AREA]], "recodes": {LA: {"map": []}}}, "DUPLICATE_RECODES"),
        ({"dimensions": [[LA]], "recodes": {LA: {}, AREA: {}}}, "DUPLICATE_RECODES"),
        ({"dimensions": [[TENURE]], "recodes": {AREA: {"map": [[WALES]]}}}, "INVALID_RECODE"),
        ({"dimensions": [[LA]], "recodes": {LA: {"map": [[WALES]]}}}, "INVALID_RECODE"),
        ({"dimensions": [[TENURE]], "recodes": {TENURE: {"map": [[]]}}}, "INVALID_RECODE"),
        ({"dimensions": [[TENURE]], "recodes": {TENURE: {"map": [[SOCIAL, SOCIAL]]}}}, "INVALID_RECODE"),
        ({"dimensions": [[TENURE], [TENURE]]}, "INVALID_REQUEST"),
        ({"dimensions": [[AREA, LA]]}, "INVALID_REQUEST"),
        ({"measures": [f"{STATFN}:MODE"]}, "STATISTIC_NOT_AVAILABLE"),
        ({"measures": [COUNT, f"{STATFN}:P0"]}, "STATISTIC_NOT_AVAILABLE"),
        ({"measures": [f"{STATFN}:P100"]}, "STATISTIC_NOT_AVAILABLE"),
        ({"measures": [f"{STATFN}:mean"]}, "STATISTIC_NOT_AVAILABLE"),
        ({"recode": {}}, "INVALID_REQUEST"),
        ({"dimensions": [[TENURE]], "recodes": {TENURE: {"maps": []}}}, "INVALID_REQUEST"),
        ({"database": None}, "INVALID_REQUEST"),
        ({"database": 7}, "INVALID_REQUEST"),
        ({"measures": COUNT}, "INVALID_REQUEST"),
        ({"measures": [None]}, "INVALID_REQUEST"),
        ({"dimensions": [TENURE]}, "INVALID_REQUEST"),
        ({"dimensions": {TENURE: 1}}, "INVALID_REQUEST"),
        ({"recodes": [TENURE]}, "INVALID_REQUEST"),
        ({"dimensions": [[TENURE]], "recodes": {TENURE: [[SOCIAL]]}}, "INVALID_REQUEST"),
        ({"dimensions": [[TENURE]], "recodes": {TENURE: {"map": [SOCIAL]}}}, "INVALID_REQUEST"),
        ({"dimensions": [[TENURE]], "recodes": {TENURE: {"total": "true"}}}, "INVALID_REQUEST"),
        ({"dimensions": [[TENURE]], "recodes": {TENURE: {"total": 1}}}, "INVALID_REQUEST"),
    ],
)
def test_a_contradiction_is_refused_by_its_type(refusal, members, error_type):
    """What is not understood is refused, never skipped: a misspelt recode must not give another table."""
    told = refusal({"database": DATABASE, **members})
    assert told["errorType"] == error_type
    assert list(told) == ["message", "errorType", "component"]


@pytest.mark.parametrize(
    ("body", "error_type"),
    [
        (b"", "INVALID_JSON"),
        (b"database=hb_new", "INVALID_JSON"),
        (b'{"database": "str:database:hb_new"', "INVALID_JSON"),
        (b'{"database": "\xff"}', "INVALID_JSON"),
        (b'{"database": NaN}', "INVALID_JSON"),
        (b'{"database": "a", "database": "b"}', "INVALID_JSON"),
        (b'{"database": "a", "recodes": {"x": {}, "x": {}}}', "INVALID_JSON"),
        (b"[" * 200_000, "INVALID_JSON"),
        (b'{"a":' * 200_000, "INVALID_JSON"),
        (b'{"measures": ' + b"9" * 10_000 + b"}", "INVALID_JSON"),
        (b"null", "INVALID_REQUEST"),
        (b"[]", "INVALID_REQUEST"),
        (b"{}", "INVALID_REQUEST"),
        (b'"str:database:hb_new"', "INVALID_REQUEST"),
        (b'{"database": "\\ud800"}', "SCHEMA_COMPONENT_NOT_FOUND"),
    ],
)
def test_a_body_that_is_no_request_is_refused(refusal, body, error_type):
    """Malformed, empty, deep, repeated: each is told what was wrong with it."""
    assert refusal(body)["errorType"] == error_type


def test_a_very_long_name_is_not_sent_back_whole(refusal):
    """The refusal stays small whatever was sent."""
    told = refusal({"database": "x" * 1_000_000})
    assert len(json.dumps(told)) < 2_000


# --- whatever else is sent --------------------------------------------------------------------------------------------

NAMES = st.sampled_from([DATABASE, COUNT, DATE, AREA, TENURE, LA, SOCIAL, WALES, AUGUST, "", "str:", "str:field:::"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | NAMES | st.text(max_size=5)
ANYTHING = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=8)
NESTED_NAMES = st.lists(st.lists(NAMES, max_size=3), max_size=3)
RECODE = st.fixed_dictionaries({}, optional={"map": NESTED_NAMES | ANYTHING, "total": st.booleans() | ANYTHING})
BODY = st.fixed_dictionaries(
    {"database": st.just(DATABASE) | ANYTHING},
    optional={
        "measures": st.lists(NAMES, max_size=2) | ANYTHING,
        "recodes": st.dictionaries(NAMES, RECODE, max_size=2) | ANYTHING,
        "dimensions": NESTED_NAMES | ANYTHING,
    },
)


def read_or_refused(body, find):
    """The request read, or the refusal."""
    try:
        return read.read(body, find)
    except QueryError as error:
        return error


@given(body=BODY | ANYTHING)
def test_any_json_is_a_query_or_a_refusal_to_the_asker(find, body):
    """Nothing that is JSON makes the reader fail: it reads a query, or says what is wrong with status 400."""
    outcome = read_or_refused(json.dumps(body).encode(), find)
    if isinstance(outcome, QueryError):
        assert outcome.http_status == 400
        assert json.dumps(refusals.body_of(outcome))
    else:
        assert body["database"] == DATABASE


@given(body=st.binary(max_size=200))
def test_any_bytes_are_a_refusal_to_the_asker(find, body):
    """Neither does anything that is not."""
    with pytest.raises(QueryError):
        read.read(body, find)
