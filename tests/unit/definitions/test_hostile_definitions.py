"""Definitions with mistakes: each is found, with its place, its line and how to mend it."""

import pytest

from statlas import definitions
from statlas.errors import DefinitionError


def changed(text, old, new):
    """The text with one part changed, which must be there."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


# --- text that is no definition ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "yaml"),
        (b"just words", "yaml"),
        (b"- a\n- list\n", "yaml"),
        (b"a: [1, 2\nb: 3\n", "yaml"),
        (b"a: *nowhere\n", "yaml"),
        (b"a: 1\n---\nb: 2\n", "yaml"),
        (b"\ta: 1\n", "yaml"),
        (b"? [a, b]\n: 1\n", "yaml"),
        (b"a: \x07\n", "yaml"),
        ("label: caf\xe9\n".encode("latin-1"), "wrong-encoding"),
        ("label: x\n".encode("utf-16"), "wrong-encoding"),
        (b"[" * 5000, "yaml"),
    ],
)
def test_text_that_cannot_be_read_is_a_fault_with_a_line(faults, text, code):
    """Whatever the file holds, the answer is a report and never a traceback."""
    first = faults(text).faults[0]
    assert (first.code, first.file) == (code, "definition.yaml")
    assert first.rows


def test_an_absent_file_is_a_fault(faults, folder):
    """A wrong path is told like any other mistake."""
    with pytest.raises(DefinitionError) as caught:
        definitions.read(folder / "nowhere.yaml")
    assert [f.code for f in caught.value.faults] == ["no-file"]


def test_aliases_that_hold_aliases_do_not_fill_the_memory(found):
    """A few lines that would unfold to billions of values are refused."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert "too-large" in [code for code, *_ in found("\n".join(lines))]


def test_an_alias_of_itself_does_not_recurse_for_ever(found):
    """A circle is cut off."""
    assert "too-large" in [code for code, *_ in found("a: &a [*a]\n")]


# --- keys and values --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("label: Allotments\n", "", ("missing-key", "label", 1)),
        ("label: Allotments\n", "label:\n", ("missing-key", "label", 3)),
        ("label: Allotments\n", "lable: Allotments\nlabel: x\n", ("unknown-key", "lable", 3)),
        ("label: Allotments\n", "label: Allotments\nlabel: x\n", ("duplicate-key", "label", 4)),
        ("label: Allotments\n", "label: [a]\n", ("bad-value", "label", 3)),
        ("statlas: 1\n", "statlas: 2\n", ("bad-value", "statlas", 1)),
        ("id: allotments", "id: ../allotments", ("bad-value", "id", 2)),
        ("id: allotments", "id: a:b", ("bad-value", "id", 2)),
        ("id: allotments", "id: 1a", ("bad-value", "id", 2)),
        ("unit: applicant", "policy: stronk\nunit: applicant", ("bad-value", "policy", 4)),
        ("unit: applicant", "synthetic: perhaps\nunit: applicant", ("bad-value", "synthetic", 4)),
        ("unit: applicant", "methodology: see our site\nunit: applicant", ("bad-value", "methodology", 4)),
        ("unit: applicant", "next_release: in spring\nunit: applicant", ("bad-value", "next_release", 4)),
        ("unit: applicant", "contact: {email: nobody}\nunit: applicant", ("bad-value", "contact.email", 4)),
        ("unit: applicant", "folder: Allotments\nunit: applicant", ("bad-value", "folder", 4)),
        ("unit: applicant", "annotations: none\nunit: applicant", ("bad-value", "annotations", 4)),
        ("column: month", "colum: month", ("unknown-key", "date.colum", 6)),
        ("column: month", "column: month, frequency: weekly", ("bad-value", "date.frequency", 6)),
        ("column: month", "column: month, period: 202501", ("two-of-one", "date.period", 6)),
        ("column: month", "period: 2025", ("bad-value", "date.period", 6)),
        ("    kind: geography\n", "    kind: place\n", ("bad-value", "fields[0].kind", 10)),
        ("column: ward", "colunm: ward", ("unknown-key", "fields[0].colunm", 11)),
        ("column: ward", "inherit: true", ("one-of", "fields[0]", 8)),
        ("column: ward", "column: ward\n    band: {column: age, codes: {W1: [0, 1]}}", ("one-of", "fields[0]", 8)),
        ("column: ward", "column: ward\n    inherit: false", ("no-reason", "fields[0].inherit", 12)),
        ("column: ward", "column: ward\n    default_level: WARDS", ("unknown-level", "fields[0].default_level", 12)),
        ("missing: 9", "missing: 8", ("unknown-code", "fields[1].missing", 20)),
        ("id: PLOT", "id: AREA", ("duplicate-id", "fields[1].id", 17)),
        ("id: PLOT", "id: MONTH", ("duplicate-id", "fields[1].id", 17)),
        ("id: PLOT", "id: record_key", ("reserved-id", "fields[1].id", 17)),
        ("label: Plot", "label: Area", ("duplicate-label", "fields[1].label", 18)),
        ("id: RENT", "id: PLOT", ("duplicate-id", "measures[0].id", 23)),
        ("unit: GBP", "unit: GBP, precision: 1.5", ("bad-value", "measures[0].precision", 23)),
        ("unit: GBP", "unit: GBP, precision: 9", ("bad-value", "measures[0].precision", 23)),
        ("unit: GBP", "unit: GBP, statistics: [MODE]", ("bad-value", "measures[0].statistics[0]", 23)),
        ("    codes: {01: Half, no: None yet, 9: Unknown}\n", "", ("one-of", "fields[1]", 17)),
        ("{01: Half, no", "{01: , no", ("bad-value", "fields[1].codes.01", 21)),
        ("{01: Half, no", "{a:b: Half, no", ("bad-value", "fields[1].codes.a:b", 21)),
        ("{01: Half, no", "{01: Half, 01: Whole, no", ("duplicate-key", "fields[1].codes.01", 21)),
        ("{01: Half, no", "{01: {lable: Half, label: H}, no", ("unknown-key", "fields[1].codes.01.lable", 21)),
    ],
)
def test_a_mistake_is_found_in_its_place_and_line(found, base, old, new, expected):
    """One mistake is one fault, with the path and the line to go to."""
    assert found(changed(base, old, new)) == [expected]


@pytest.mark.parametrize(
    ("old", "new", "mend"),
    [
        ("label: Allotments\n", "Label: Allotments\nlabel: x\n", "Is it 'label'?"),
        ("column: ward", "colunm: ward", "Is it 'column'?"),
        ("column: ward", "column: ward\n    default_level: TONW", "Is it 'TOWN'?"),
        ("{id: TOWN, label: Town, codes", "{id: TOWN, label: Town, code", "Is it 'codes'?"),
        ("statlas: 1", "statlas: 1\nxyzzy: 2", "Known here are statlas, id, label"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest(faults, base, old, new, mend):
    """What was probably meant is named, or else what is known."""
    assert any(mend in fault.mend for fault in faults(changed(base, old, new)))


def test_all_mistakes_are_found_in_one_pass(found, base):
    """Mistakes of form, of meaning and of files do not hide one another."""
    text = changed(base, "label: Allotments\n", "lable: Allotments\n")
    text = changed(text, "column: month", "column: month, frequency: weekly")
    text = changed(text, "missing: 9", "missing: 8")
    text = changed(text, "unit: GBP", "units: GBP")
    text += """\
annotations:
  - {key: I, field: PLOTS, text: a note}
  - {key: II, field: PLOT, code: 77, text: a note}
  - {key: III, field: RENTAL, text: a note}
tables:
  - {id: t, title: T, rows: [AREA@WARDS, PLOT], periods: latest(0)}
  - {id: t, title: T, filters: {PLOT: [77]}}
"""
    assert found(text) == [
        ("missing-key", "label", 1),
        ("unknown-key", "lable", 3),
        ("bad-value", "date.frequency", 6),
        ("unknown-code", "fields[1].missing", 20),
        ("missing-key", "measures[0].unit", 23),
        ("unknown-key", "measures[0].units", 23),
        ("unknown-field", "annotations[0]", 25),
        ("bad-value", "annotations[1]", 26),
        ("unknown-field", "annotations[2]", 27),
        ("bad-value", "tables[0].periods", 29),
        ("bad-value", "tables[0].rows[0]", 29),
        ("duplicate-id", "tables[1].id", 30),
        ("bad-value", "tables[1].filters.PLOT", 30),
    ]


def test_what_refers_to_a_broken_entry_is_not_reported_again(found, base):
    """A note on a field whose own form is wrong is no second mistake."""
    text = changed(base, "column: plot", "column: [plot]")
    text += "annotations:\n  - {key: I, field: PLOT, code: 9, text: x}\ntables:\n  - {id: t, title: T, rows: [PLOT]}\n"
    assert found(text) == [("bad-value", "fields[1].column", 19)]


# --- notes and tables -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("{key: I, code: 9, text: x}", ("missing-key", "annotations[0].code", 25)),
        ("{key: I, cell: {PLOT: 9}, field: PLOT, text: x}", ("two-of-one", "annotations[0]", 25)),
        ("{key: I, cell: {PLOT: 9, AREA: W9}, text: x}", ("bad-value", "annotations[0]", 25)),
        ("{key: I, cell: {PLOT: 9, MONTH: 2025}, text: x}", ("bad-value", "annotations[0]", 25)),
        ("{key: much too long, text: x}", ("bad-value", "annotations[0].key", 25)),
        ("{key: I}", ("missing-key", "annotations[0].text", 25)),
        ("just text", ("bad-value", "annotations[0]", 25)),
    ],
)
def test_a_note_must_have_a_place_that_is_there(found, base, entry, expected):
    """A note on nothing is a mistake."""
    assert found(f"{base}annotations:\n  - {entry}\n") == [expected]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("rows: [PLOTS]", ("unknown-field", "tables[0].rows[0]", 25)),
        ("rows: [PLOT, PLOT]", ("bad-value", "tables[0]", 25)),
        ("rows: [PLOT], filters: {PLOT: [9]}", ("bad-value", "tables[0]", 25)),
        ("rows: [MONTH@C_MONTH]", ("bad-date", "tables[0].rows[0]", 25)),
        ("filters: {MONTH: [202501]}", ("bad-date", "tables[0].filters.MONTH", 25)),
        ("filters: {PLOT: []}", ("bad-value", "tables[0].filters.PLOT", 25)),
        ("rows: [{field: PLOT, codes: [77]}]", ("bad-value", "tables[0].rows[0]", 25)),
        ("rows: [{field: PLOT, codes: []}]", ("bad-value", "tables[0].rows[0]", 25)),
        ("rows: [{field: PLOT, groups: {both: [9, 9]}}]", ("bad-value", "tables[0].rows[0]", 25)),
        ("rows: [{field: PLOT, groups: {none: []}}]", ("bad-value", "tables[0].rows[0]", 25)),
        ("rows: [{field: PLOT, level: WARD}]", ("bad-value", "tables[0].rows[0]", 25)),
        ("rows: [{fields: PLOT}]", ("unknown-key", "tables[0].rows[0].fields", 25)),
        ("rows: PLOT", ("bad-value", "tables[0].rows", 25)),
        ("periods: from 2024", ("bad-value", "tables[0].periods", 25)),
        ("periods: 202512..202501", ("bad-value", "tables[0].periods", 25)),
        ("periods: yesterday", ("bad-value", "tables[0].periods", 25)),
        ("measures: [RNET]", ("unknown-measure", "tables[0].measures[0]", 25)),
        ("view: pie", ("bad-value", "tables[0].view", 25)),
    ],
)
def test_a_ready_made_table_must_be_a_table_that_can_be_made(found, base, entry, expected):
    """A ready-made table that could not be answered is refused before it is published."""
    assert expected in found(f"{base}tables:\n  - {{id: t, title: T, {entry}}}\n")


# --- levels -----------------------------------------------------------------------------------------------------------

LEVELS = """\
statlas: 1
id: d
label: D
unit: person
records: {label: People}
date: {column: month}
fields:
  - id: AREA
    label: Area
    column: la
    levels:
      - {id: TOWN, label: Town, codes: town.csv}
      - {id: WARD, label: Ward, codes: ward.csv}
"""
TOWN = "code,label\nT1,Easton\nT2,Weston\n"


@pytest.mark.parametrize(
    ("ward", "expected"),
    [
        ("code,label,parent\nW1,Mill,T1\nW2,Quay,T3\nW3,Hill,T4\n", ("unknown-parent", "parent", 3)),
        ("code,label,parent\nW1,Mill,T1\nW1,Quay,T1\n", ("duplicate", "code", 3)),
        ("code,label,parent\nW1,,T1\n", ("blank", "label", 2)),
        ("code,label,parent\n,Mill,T1\n", ("blank", "code", 2)),
        ("code,label,parent\nW:1,Mill,T1\n", ("bad-code", "code", 2)),
        ("code,name,parent\nW1,Mill,T1\n", ("missing-column", "label")),
        ("code,label,parent,notes\nW1,Mill,T1,x\n", ("unknown-column", "notes")),
        ("code,label\nW1,Mill\n", ("unconnected-level", "fields[0].levels[0]", 12)),
        ("code,label,parent,valid_from\nW1,Mill,T1,2018\n", ("bad-validity", "valid_from", 2)),
        ("code,label,parent,valid_from,valid_to\nW1,Mill,T1,201804,201803\n", ("bad-validity", "valid_from", 2)),
        ("code,label,parent:TOWNS\nW1,Mill,T1\n", ("unknown-level", "parent:TOWNS", 2)),
        ("code,label,parent:WARD\nW1,Mill,W1\n", ("unknown-level", "parent:WARD", 2)),
        ("code,label,parent,parent:TOWN\nW1,Mill,T1,T2\n", ("overlap", "code", 2)),
        ("code,label,parent\nT2,Mill,T1\n", ("ambiguous-code", "fields[0].levels[1]", 13)),
        ("code,label,parent\n", ("no-records", "")),
        ("", ("empty", "")),
    ],
)
def test_mistakes_of_a_code_list_are_found_in_their_rows(found, ward, expected):
    """A code list is checked like any table, and then against the level above it."""
    assert expected in found(LEVELS, town=TOWN, ward=ward)


def test_mistakes_of_two_code_lists_come_together(found):
    """One broken list does not hide the next."""
    assert found(LEVELS, town="code,label\nT1,\n", ward="code,label,parent\nW1,,T1\n") == [
        ("blank", "label", 2),
        ("blank", "label", 2),
    ]


@pytest.mark.parametrize("name", ["../town.csv", "/etc/hostname", "deeper/../../town.csv"])
def test_a_code_file_outside_the_folder_is_refused(found, folder, name):
    """A definition cannot read files that do not lie beside it."""
    (folder.parent / "town.csv").write_text(TOWN)
    text = LEVELS.replace("town.csv", name)
    assert ("file-outside", "fields[0].levels[0].codes", 12) in found(text, ward="code,label,parent\nW1,Mill,T1\n")


def test_parents_at_the_first_level_have_nowhere_to_be(found):
    """There is no level above the first."""
    town = "code,label,parent\nT1,Easton,X\n"
    assert ("unknown-level", "parent", 2) in found(LEVELS, town=town, ward="code,label,parent\nW1,Mill,T1\n")


def test_two_levels_of_one_id_are_refused(found):
    """A level is known by its id."""
    text = LEVELS.replace("id: WARD", "id: TOWN")
    assert ("duplicate-id", "fields[0].levels[1].id", 13) in found(text, town=TOWN, ward="code,label\nW1,Mill\n")


def test_a_parent_level_must_stand_above(found):
    """Levels are coarse before fine."""
    text = LEVELS.replace("label: Ward,", "label: Ward, parent_level: WRD,")
    expected = ("unknown-level", "fields[0].levels[1].parent_level", 13)
    assert expected in found(text, town=TOWN, ward="code,label,parent\nW1,Mill,T1\n")


def test_codes_of_one_level_that_share_a_finer_code_are_refused(found):
    """Overlapping codes by two routes are found, not only by two parents of one code."""
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
    levels:
      - {id: WIDE, label: Wide, codes: {A: 0 to 29, B: 20 to 99}}
      - {id: TEN, label: Ten, codes: {T: {label: 20 to 29, parent: A}}}
      - {id: ONE, label: One, codes: {20: {label: Twenty, parent: T, parents: {WIDE: B}}}}
"""
    assert found(text) == [("overlap", f"fields[0].levels[0].codes.{code}", 12) for code in "AB"]


# --- derived fields ---------------------------------------------------------------------------------------------------

DERIVED = """\
statlas: 1
id: d
label: D
unit: person
records: {label: People}
date: {column: month}
fields:
  - id: X
    label: X
    codes: {1: one, 2: two, 9: other}
"""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("band: {column: age, codes: {1: [0, 10], 2: [5, 20]}}", ("overlap", "fields[0].band.codes.2", 11)),
        ("band: {column: age, codes: {1: [null, 10], 2: [null, 20]}}", ("overlap", "fields[0].band.codes.2", 11)),
        ("band: {column: age, codes: {1: [10, 10]}}", ("bad-band", "fields[0].band.codes.1", 11)),
        ("band: {column: age, codes: {1: [20, 10]}}", ("bad-band", "fields[0].band.codes.1", 11)),
        ("band: {column: age, codes: {3: [0, 10]}}", ("unknown-code", "fields[0].band.codes.3", 11)),
        ("band: {column: age, codes: {1: [ten, 10]}}", ("bad-value", "fields[0].band.codes.1[0]", 11)),
        ("band: {column: age, codes: {1: [nan, 10]}}", ("bad-value", "fields[0].band.codes.1[0]", 11)),
        ("band: {column: age, codes: {1: [1]}}", ("missing-key", "fields[0].band.codes.1[1]", 11)),
        ("band: {column: age, codes: {}}", ("bad-value", "fields[0].band.codes", 11)),
        ("look_up: {column: la, file: l.csv, key: la, value: region}", ("unknown-code", "fields[0].look_up.value", 11)),
        ("look_up: {column: la, file: l.csv, key: le, value: region}", ("missing-column", "le")),
        ("look_up: {column: la, file: l.csv, key: again, value: la}", ("duplicate", "again", 3)),
        ("look_up: {column: la, file: m.csv, key: la, value: region}", ("no-file", "fields[0].look_up.file", 11)),
        ("combine: {columns: [a, b], codes: {1: [[x]]}}", ("bad-value", "fields[0].combine.codes.1[0]", 11)),
        ("combine: {columns: [a], codes: {1: [[x]], 2: [[x]]}}", ("duplicate-id", "fields[0].combine.codes.2[0]", 11)),
        ("combine: {columns: [a], codes: {3: [[x]]}}", ("unknown-code", "fields[0].combine.codes.3", 11)),
        (
            "combine: {columns: [a], codes: {1: [[x]]}, otherwise: 3}",
            ("unknown-code", "fields[0].combine.otherwise", 11),
        ),
        ("combine: {columns: [], codes: {1: [[x]]}}", ("bad-value", "fields[0].combine.columns", 11)),
        ("combine: {columns: [a], codes: {1: x}}", ("bad-value", "fields[0].combine.codes.1", 11)),
    ],
)
def test_a_derivation_gives_only_codes_of_the_finest_level(found, source, expected):
    """Bands, look-ups and combinations are checked against the codes of the field, and against themselves."""
    assert expected in found(f"{DERIVED}    {source}\n", l="la,region,again\nE1,1,x\nE2,7,x\n")
