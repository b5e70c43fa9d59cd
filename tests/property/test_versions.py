"""The version of a release follows from what it changes, whatever that is."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odd_queries import DATABASE as ODD
from odd_queries import PERIODS, queries

from statlas.model.change import Bump, Change, Changed, ChangeKind, change_data, read_change
from statlas.model.classification import Classification, Code, Valueset
from statlas.model.database import Annotation, Contact, Database, Field, FormerName, Measure, ReadyTable
from statlas.model.period import Calendar, Frequency
from statlas.model.protection import Protection
from statlas.model.query import Query
from statlas.model.versioning import CORRECTION, FIRST, bump, changes, next_version, numbers, weighed
from statlas.service.tables.fitting import misfits

VERSIONS = st.tuples(*[st.integers(0, 10**6)] * 3)


def _with_field(database, field_id, **changed):
    return replace(database, fields=tuple(replace(f, **changed) if f.id == field_id else f for f in database.fields))


def _with_codes(database, field_id, edit):
    field = database.field(field_id)
    *coarse, finest = field.classification
    levels = (*coarse, replace(finest, codes=tuple(edit(list(finest.codes)))))
    return _with_field(database, field_id, classification=Classification(levels))


def _measured(database, **changed):
    return replace(database, measures=(replace(database.measures[0], **changed),))


DATABASE = replace(ODD, measures=(replace(ODD.measures[0], statistics=("SUM", "MEAN", "MEDIAN", "P33")),))
"""With every statistic that the queries ask for."""

NEW = Code("new", "New")
SOURCE = DATABASE.field("SEX@2").source
ONE_LEVEL = Classification((Valueset("C=SEX", "C=SEX", (Code("F", "label of F"), Code("M", "label of M"))),))
PLAIN = Measure("NEW", "New", "T", "new", "GBP", 2)

MAJOR = {
    "a field goes": lambda d: replace(d, fields=d.fields[:-1]),
    "a field is named otherwise": lambda d: _with_field(d, "A.B", id="OTHER"),
    "a field has another public id": lambda d: _with_field(d, "A.B", table="U"),
    "a level goes": lambda d: _with_field(
        d, "AREA", classification=Classification(d.field("AREA").classification.valuesets[1:])
    ),
    "a code goes": lambda d: _with_codes(d, "AREA", lambda codes: codes[1:]),
    "every code goes": lambda d: _with_codes(d, "A.B", lambda _codes: [NEW]),
    "a measure goes": lambda d: replace(d, measures=()),
    "a statistic goes": lambda d: _measured(d, statistics=("SUM",)),
    "the count is named otherwise": lambda d: replace(d, records=replace(d.records, id="U")),
}
MINOR = {
    "a field comes": lambda d: replace(d, fields=(*d.fields, Field("NEW", "New", "T", ONE_LEVEL, SOURCE))),
    "a field is relabelled": lambda d: _with_field(d, "A.B", label="Other"),
    "a field keeps its former id": lambda d: _with_field(d, "A.B", table="U", formerly=(FormerName("T", "A.B"),)),
    "a level comes": lambda d: _with_field(
        d, "SEX@2", classification=Classification((Valueset("ALL", "All", (NEW,)), *ONE_LEVEL))
    ),
    "a code comes": lambda d: _with_codes(d, "AREA", lambda codes: [*codes, NEW]),
    "a code is relabelled": lambda d: _with_codes(d, "AREA", lambda codes: [replace(codes[0], label="x"), *codes[1:]]),
    "a code ends": lambda d: _with_codes(d, "AREA", lambda codes: [replace(codes[0], valid_to="202501"), *codes[1:]]),
    "a measure comes": lambda d: replace(d, measures=(*d.measures, PLAIN)),
    "a statistic comes": lambda d: _measured(d, statistics=("SUM", "MEAN", "MEDIAN", "P25", "P33")),
    "protection changes": lambda d: replace(d, protection=Protection(threshold=10)),
    "the database is relabelled": lambda d: replace(d, label="Other"),
    "the database is no longer synthetic": lambda d: replace(d, synthetic=not d.synthetic),
    "the calendar changes": lambda d: replace(d, calendar=Calendar(Frequency.QUARTER)),
    "values are read otherwise": lambda d: _with_field(d, "A.B", inherit=False, inherit_reason="why"),
}
PATCH = {
    "a description": lambda d: replace(d, description="Other."),
    "a contact": lambda d: replace(d, contact=Contact("A")),
    "a note comes": lambda d: replace(d, annotations=(Annotation("1", "Text."), *d.annotations)),
    "a ready table comes": lambda d: replace(d, tables=(ReadyTable("one", "One", Query("odd")), *d.tables)),
    "a field is described": lambda d: _with_field(d, "A.B", description="Other."),
    "codes stand in another order": lambda d: _with_codes(d, "AREA", lambda codes: [*codes[1:], codes[0]]),
}
EVERY = {**MAJOR, **MINOR, **PATCH}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        pytest.param(edit, level, id=name)
        for edits, level in ((MAJOR, Bump.MAJOR), (MINOR, Bump.MINOR), (PATCH, Bump.PATCH))
        for name, edit in edits.items()
    ],
)
def test_each_change_has_its_level(edit, expected):
    """A release with one change rises by the level of that change."""
    found = changes(DATABASE, edit(DATABASE))
    assert found
    assert bump(found) is expected


@given(queries(), st.lists(st.sampled_from([*MINOR.values(), *PATCH.values()]), max_size=6))
def test_a_table_answers_under_every_later_version_with_the_same_first_number(query, edits):
    """Nothing that a query names is gone unless the version is a major one."""
    after = DATABASE
    for edit in edits:
        after = edit(after) if len({f.id for f in edit(after).fields}) == len(edit(after).fields) else after
    if bump(changes(DATABASE, after)) is not Bump.MAJOR:
        assert misfits(after, query, DATABASE) == ()


@given(queries(), st.sampled_from([*EVERY.values()]))
def test_a_table_that_no_longer_fits_belongs_to_a_major_version(query, edit):
    """The other way round: whatever breaks a query is major."""
    after = edit(DATABASE)
    if misfits(after, query, DATABASE):
        assert bump(changes(DATABASE, after)) is Bump.MAJOR


@given(
    st.lists(st.sampled_from([*EVERY.values()]), max_size=5), st.lists(st.sampled_from([*EVERY.values()]), max_size=5)
)
def test_there_is_a_change_if_and_only_if_the_databases_differ(one, other):
    """Nothing that differs goes unnamed, and nothing is named that does not."""
    try:
        before, after = _edited(one), _edited(other)
    except IndexError:
        return
    assert bool(changes(before, after)) == (before != after)


def _edited(edits):
    database = DATABASE
    for edit in edits:
        try:
            database = edit(database)
        except Exception:  # noqa: BLE001 - a field that an earlier edit took away
            continue
    return database


@pytest.mark.parametrize("name", [one.name for one in fields(Database)])
def test_no_property_of_a_database_is_forgotten(name):
    """Whatever property of a database says something else, there is a change, also for one that is added one day."""
    other = {
        "id": "other",
        "records": replace(DATABASE.records, unit="person"),
        "calendar": Calendar(Frequency.YEAR),
        "fields": (DATABASE.fields[0], *DATABASE.fields[:0:-1]),
        "measures": (PLAIN, *DATABASE.measures),
        "annotations": (Annotation("9", "Nine."),),
        "tables": (ReadyTable("one", "One", Query("odd")),),
        "folder": ("A",),
        "provisional": ("latest(1)",),
        "contact": Contact("A"),
        "synthetic": True,
        "protection": Protection("standard", 2),
        "weight": None,
        "impossible": ("anything",),
    }
    after = replace(DATABASE, **{name: other.get(name, "other")})
    if after != DATABASE:
        assert changes(DATABASE, after), name
    else:
        assert name == "weight"
        assert changes(replace(DATABASE, weight="anything"), DATABASE)


PERIOD_LISTS = st.lists(st.sampled_from(PERIODS), unique=True)


@given(PERIOD_LISTS, PERIOD_LISTS, PERIOD_LISTS)
def test_periods_that_go_are_major_and_those_that_come_or_are_revised_minor(added, revised, removed):
    """The periods are told by the publisher, one change each."""
    found = changes(DATABASE, DATABASE, added=added, revised=revised, removed=removed)
    assert len(found) == len(added) + len(revised) + len(removed)
    expected = Bump.MAJOR if removed else Bump.MINOR if added or revised else Bump.PATCH
    assert bump(found) is expected


@given(
    VERSIONS,
    st.lists(st.sampled_from([*EVERY.values()]), max_size=4),
    st.sampled_from(["revision", CORRECTION, "new", ""]),
)
def test_the_next_version_is_later_and_starts_the_smaller_numbers_at_nothing(before, edits, kind):
    """Whatever changed, exactly one number rises by one, those before it stay, those after it are 0."""
    found = changes(DATABASE, _edited(edits))
    after = numbers(next_version(".".join(map(str, before)), found, kind))
    raised = next(n for n in range(3) if after[n] != before[n])
    assert after > before
    assert after[raised] == before[raised] + 1
    assert not any(after[raised + 1 :])
    assert raised == 3 - bump(found, kind)


@pytest.mark.parametrize("name", MINOR)
def test_a_correction_is_a_patch_unless_it_adds_something(name):
    """What was wrong and is put right needs nobody to change anything; what is added is new to those who ask."""
    found = changes(DATABASE, MINOR[name](DATABASE))
    expected = Bump.MINOR if name.endswith(" comes") else Bump.PATCH
    assert bump(found, CORRECTION) is expected


@pytest.mark.parametrize("name", MAJOR)
def test_a_correction_that_takes_something_away_is_major_all_the_same(name):
    """Programs break by what is gone, whatever the release calls itself."""
    assert bump(changes(DATABASE, MAJOR[name](DATABASE)), CORRECTION) is Bump.MAJOR


def change_of(one):
    """A change but for its level."""
    return one.kind, one.what, one.where, one.before, one.after


@given(st.lists(st.sampled_from([*EVERY.values()]), max_size=4), st.sampled_from(["revision", CORRECTION, "new", ""]))
def test_changes_weigh_what_their_version_rises_by(edits, kind):
    """So that no list of changes says more than the version does, and what is gone stays major whoever says so."""
    found = changes(DATABASE, _edited(edits), revised=("202501",))
    told = weighed(found, kind)
    assert told[0].level is bump(told) is bump(found, kind)
    assert sorted(map(change_of, told)) == sorted(map(change_of, found))
    assert [one for one in told if one.level is Bump.MAJOR] == [one for one in found if one.level is Bump.MAJOR]


def test_revised_records_of_a_correction_are_a_patch():
    """The usual correction: numbers of a published month were wrong."""
    found = changes(DATABASE, DATABASE, revised=("202501",))
    assert next_version("3.2.1", found, CORRECTION) == "3.2.2"
    assert next_version("3.2.1", found, "revision") == "3.3.0"


def test_the_first_release_is_version_one_and_changes_nothing():
    """There is nothing that it could differ from."""
    assert changes(None, DATABASE, added=PERIODS) == ()
    assert next_version("", ()) == FIRST == "1.0.0"


@pytest.mark.parametrize(
    "text", ["1", "1.2", "1.2.3.4", "01.0.0", "1.0.-1", "1.0.0 ", "v1.0.0", "٣.0.0", "9999999999.0.0", "1.0.0\n"]
)
def test_what_is_no_version_is_refused(text):
    """A damaged file must not start the counting again."""
    with pytest.raises(ValueError, match="not a version"):
        next_version(text, ())


@given(st.lists(st.sampled_from([*EVERY.values()]), max_size=4), PERIOD_LISTS)
def test_changes_are_stored_as_they_are(edits, added):
    """What JSON holds of a change is the change."""
    for change in changes(DATABASE, _edited(edits), added=added):
        assert read_change(change_data(change)) == change


def test_nothing_that_a_query_names_goes_by_less_than_a_major_change():
    """A release file that says otherwise is damaged."""
    with pytest.raises(ValueError, match="major"):
        Change(ChangeKind.REMOVED, Bump.MINOR, Changed.CODE, ("A", "B", "C"))


def test_equal_releases_have_no_changes_and_the_order_is_always_the_same():
    """Lists of changes can be compared, signed and cited."""
    edits = [MAJOR["every code goes"], MAJOR["a measure goes"], MINOR["a field comes"], PATCH["a note comes"]]
    first, second = (changes(DATABASE, _edited(edits)) for _ in range(2))
    assert first == second
    assert [c.level for c in first] == sorted((c.level for c in first), reverse=True)
