"""What a definition without mistakes becomes."""

import pytest

from statlas.model.classification import Node
from statlas.model.database import Annotation, FieldKind
from statlas.model.derivation import Band, Banded, Column, Combined, Constant, LookedUp
from statlas.model.period import Calendar, Frequency
from statlas.model.query import Dimension, Filter, Item, Role, TimeKind, TimeSelector


def test_a_short_definition_fills_in_the_rest(read):
    """Ids, labels and levels that are left out have defaults that a newcomer would expect."""
    db = read(
        "statlas: 1\nid: d\nlabel: D\nunit: person\nrecords: {label: People}\ndate: {column: month}\n"
        "fields:\n  - {id: SEX, label: Sex, column: sex, codes: {F: Female, M: Male}}\n"
    )
    assert (db.records.id, db.records.unit_id, db.policy, db.family) == ("RECORDS", None, "standard", "default")
    assert (db.date.id, db.date.label, db.date.table, db.calendar) == ("DATE", "Month", "RECORDS", Calendar())
    assert db.date.classification.valuesets[0].id == "C_DATE"
    assert [v.id for v in db.field("SEX").classification] == ["C_SEX"]
    assert db.field("SEX").table == "RECORDS"
    assert not db.periods


def test_every_key_arrives(read, base):
    """What the definition says of the database itself is in the database."""
    keys = """\
folder: [Land, Allotments]
description: >-
  Who waits
  for a plot.
synthetic: true
source: The waiting list
licence: CC-BY-4.0
contact: {name: The team, email: team@example.org}
methodology: https://example.org/method
quality: Claims are counted, not people.
next_release: 2026-12-15
family: land
policy: strong
"""
    db = read(base + keys)
    assert (db.folder, db.description, db.synthetic) == (("Land", "Allotments"), "Who waits for a plot.", True)
    assert (db.source, db.licence, db.family, db.policy) == ("The waiting list", "CC-BY-4.0", "land", "strong")
    assert (db.contact.name, db.contact.email) == ("The team", "team@example.org")
    assert db.methodology == "https://example.org/method"
    assert (db.quality, db.next_release) == ("Claims are counted, not people.", "2026-12-15")


@pytest.mark.parametrize(
    "code", ["01", "1", "yes", "no", "NO", "on", "null", "~", "1e3", "1_000", "0x10", "2025-09-30"]
)
def test_a_code_is_the_text_that_stands_in_the_file(read, base, code):
    """No code turns into a number, a truth, a date or nothing on its way."""
    db = read(base.replace("{01: Half, no: None yet,", f"{{{code}: Half,"))
    assert [c.id for c in db.field("PLOT").valueset] == [code, "9"]


@pytest.mark.parametrize("label", ["no", "012", "1.50", "Yes"])
def test_a_label_is_the_text_that_stands_in_the_file(read, base, label):
    """Labels are text too."""
    assert read(base.replace("01: Half", f"01: {label}")).field("PLOT").valueset["01"].label == label


@pytest.mark.parametrize("written", ["null", "~", ""])
def test_a_value_left_empty_is_a_value_left_out(read, base, written):
    """An editor's empty line takes the default."""
    assert read(f"{base}description: {written}\nfolder: {written}\n").description == ""


def test_levels_hang_together(read, base):
    """Each code has its parent in the level above, and the finest codes are what records carry."""
    area = read(base).field("AREA")
    assert area.kind is FieldKind.GEOGRAPHY
    assert area.classification.leaves == (Node("WARD", "W1"), Node("WARD", "W2"), Node("WARD", "W3"))
    assert area.classification.children(Node("TOWN", "T1")) == (Node("WARD", "W1"), Node("WARD", "W2"))
    assert area.valueset.id == "TOWN"


def test_code_files_hold_parents_in_several_levels_and_validity(read):
    """``parent`` is in the level named, ``parent:LEVEL`` in any other; blanks are none."""
    text = """\
statlas: 1
id: d
label: D
unit: person
records: {label: People}
date: {column: month}
fields:
  - id: AGE
    label: Age
    column: age
    default_level: WIDE
    levels:
      - {id: WIDE, label: Wide, codes: wide.csv}
      - {id: OTHER, label: Other, codes: other.csv}
      - {id: YEAR, label: Year, codes: year.csv, parent_level: WIDE}
"""
    db = read(
        text,
        wide="code,label\nA,0 to 1\nB,2\n",
        other="code,label\nX,0\nY,1 to 2\n",
        year="label,code,parent,parent:OTHER,valid_from,valid_to\n0,0,A,X,,\n1,01,A,Y,201804,\n2,2,B,Y,,202003\n",
    )
    age = db.field("AGE").classification
    assert age["YEAR"]["01"].parents == (Node("WIDE", "A"), Node("OTHER", "Y"))
    assert [age["YEAR"]["01"].valid_from, age["YEAR"]["2"].valid_to] == ["201804", "202003"]
    assert age.members[Node("OTHER", "Y")] == (1, 2)
    assert db.field("AGE").valueset.id == "WIDE"


def test_a_ragged_hierarchy_has_leaves_in_several_levels(read):
    """A country without regions is itself what records carry."""
    text = """\
statlas: 1
id: d
label: D
unit: person
records: {label: People}
date: {column: month}
fields:
  - id: PLACE
    label: Place
    column: place
    levels:
      - {id: COUNTRY, label: Country, codes: {E: England, S: Scotland}}
      - {id: REGION, label: Region, codes: {E1: {label: North, parent: E}, E2: {label: South, parent: E}}}
"""
    leaves = read(text).field("PLACE").classification.leaves
    assert leaves == (Node("COUNTRY", "S"), Node("REGION", "E1"), Node("REGION", "E2"))


def test_derived_fields_become_declarations(read):
    """Bands, look-ups and combinations arrive as the model's sources."""
    text = """\
statlas: 1
id: d
label: D
unit: person
records: {label: People}
date: {column: month}
fields:
  - {id: A, label: A, band: {column: age, codes: {1: [null, 25], 2: [25, 35.5]}}, codes: {1: young, 2: old}}
  - {id: B, label: B, look_up: {column: la, file: regions.csv, key: la, value: region}, codes: {R1: North, R2: South}}
  - {id: C, label: C, combine: {columns: [x, y], codes: {1: [[a, b], [a, c]]}, otherwise: 9}, codes: {1: one, 9: other}}
"""
    db = read(text, regions="la,region,unused\nE1,R1,x\n 02 ,R2,\n")
    assert db.field("A").source == Banded("age", (Band("1", None, 25.0), Band("2", 25.0, 35.5)))
    assert db.field("B").source == LookedUp("la", (("E1", "R1"), ("02", "R2")))
    assert db.field("C").source == Combined(("x", "y"), ((("a", "b"), "1"), (("a", "c"), "1")), "9")


@pytest.mark.parametrize(
    ("date", "source", "label"),
    [
        ("{column: month}", Column("month"), "Month"),
        ("{period: 2011, frequency: year}", Constant("2011"), "Year"),
        ("{frequency: financial_year, label: Survey year}", Constant(None), "Survey year"),
    ],
)
def test_records_without_a_date_have_a_period_of_their_own(read, base, date, source, label):
    """A file without a date column belongs to the period that the definition or the publisher names."""
    db = read(base.replace("{id: MONTH, column: month}", date))
    assert (db.date.source, db.date.label) == (source, label)


def test_measures_have_the_precision_of_their_unit(read, base):
    """Pounds have pence; anything else is whole unless the definition says more."""
    more = "  - {id: WEEKS, label: Weeks, column: weeks, unit: weeks, statistics: [MEDIAN, SUM, SUM]}\n"
    db = read(base + more + "  - {id: KG, label: Harvest, column: kg, unit: kg, precision: 1}\n")
    assert [(m.id, m.precision, m.is_money) for m in db.measures] == [
        ("RENT", 2, True),
        ("WEEKS", 0, False),
        ("KG", 1, False),
    ]
    assert db.measure("WEEKS").statistics == ("MEDIAN", "SUM")


def test_notes_know_where_they_stand(read, base):
    """A note is on the database, a field, a value or the cells where values meet."""
    notes = """\
annotations:
  - {key: I, text: All}
  - {key: II, field: PLOT, text: Field}
  - {key: III, field: PLOT, code: 01, text: Value}
  - {key: r, cell: {AREA: T1, MONTH: 202501}, text: Cells}
"""
    assert read(base + notes).annotations == (
        Annotation("I", "All"),
        Annotation("II", "Field", (("PLOT", None),)),
        Annotation("III", "Value", (("PLOT", "01"),)),
        Annotation("r", "Cells", (("AREA", "T1"), ("MONTH", "202501"))),
    )


def test_a_ready_made_table_becomes_a_query(read, base):
    """Axes, levels, codes, groups, totals, filters and periods arrive as the model's query."""
    tables = """\
tables:
  - id: by-ward
    title: By ward
    measures: [APPLICANTS, RENT]
    rows: [AREA@WARD]
    columns: [MONTH]
    filters: {PLOT: [01, 9]}
    periods: latest(13)
    view: chart
    featured: true
  - id: grouped
    title: Grouped
    rows:
      - {field: AREA, level: WARD, codes: [W1, T2@TOWN], groups: {Waterside: [W1, W2]}, total: true}
    periods: 202501..202506
"""
    by_ward, grouped = read(base + tables).tables
    assert (by_ward.id, by_ward.title, by_ward.view) == ("by-ward", "By ward", "chart")
    assert (by_ward.featured, grouped.featured) == (True, False)
    assert by_ward.query.measures == ("APPLICANTS", "RENT")
    assert by_ward.query.dimensions == (
        Dimension("AREA", valueset="WARD"),
        Dimension("MONTH", time=TimeSelector(TimeKind.LATEST, 13), role=Role.COLUMNS),
    )
    nodes = (Node("C_PLOT", "01"), Node("C_PLOT", "9"))
    assert by_ward.query.filters == (Filter("PLOT", nodes),)
    w1, w2, t2 = Node("WARD", "W1"), Node("WARD", "W2"), Node("TOWN", "T2")
    items = (Item((w1,)), Item((t2,)), Item((w1, w2), "Waterside"))
    assert grouped.query.dimensions == (
        Dimension("AREA", items=items, total=True),
        Dimension("MONTH", time=TimeSelector(TimeKind.RANGE, 1, "202501", "202506"), role=Role.WAFERS),
    )


def test_a_file_may_begin_with_a_byte_order_mark_and_end_lines_like_windows(read, base):
    """Notepad's habits do no harm."""
    assert read(b"\xef\xbb\xbf" + base.replace("\n", "\r\n").encode()) == read(base)


def test_quarters_and_financial_years_are_frequencies(read, base):
    """The calendar follows the definition."""
    db = read(base.replace("column: month}", 'column: month, frequency: quarter, period_label: "%b-%y"}'))
    assert db.calendar == Calendar(Frequency.QUARTER, "%b-%y")
