"""What a definition says of numbers: measures and their bands, weights, populations, and when they began."""

import pytest

from statlas.model.classification import Node
from statlas.model.database import Claim, Impossible, Population, Weight
from statlas.model.derived import Change, Formula, Percentage, Rank, Share, Since


def changed(text, old, new):
    """The text with one part changed, which must be there."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


# --- measures ---------------------------------------------------------------------------------------------------------


def measure(base, more):
    """The base with more said of its measure."""
    return changed(base, "unit: GBP", f"unit: GBP, {more}")


def test_bands_and_flex_point_are_kept_in_the_smallest_unit(read, base):
    """Pounds become pence exactly, whatever a float would make of them."""
    text = measure(base, "statistics: [MEDIAN, P10], bands: [0, 12.5, 1.10e2, 4039.29], flex_point: 10.01")
    rent = read(text).measure("RENT")
    assert rent.edges == (0, 1250, 11000, 403929)
    assert rent.flex_point == 1001
    assert (rent.statistics, rent.has_percentiles) == (("MEDIAN", "P10"), True)


def test_a_measure_without_bands_leaves_them_to_publishing(read, base):
    """Nothing is chosen before there are records."""
    assert read(measure(base, "statistics: [MEDIAN]")).measure("RENT").edges == ()


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("bands: [1]", ("bad-value", "measures[0].bands")),
        ("bands: [1, 1]", ("bad-band", "measures[0].bands")),
        ("bands: [2, 1]", ("bad-band", "measures[0].bands")),
        ("bands: [1, 2.005]", ("too-many-decimals", "measures[0].bands[1]")),
        ("bands: [0, 1.00000000000000000000000000000001]", ("too-many-decimals", "measures[0].bands[1]")),
        ("bands: [0, inf]", ("bad-value", "measures[0].bands[1]")),
        ("bands: [0, 1e99999]", ("bad-value", "measures[0].bands[1]")),
        ("bands: [0, five]", ("bad-value", "measures[0].bands[1]")),
        ("flex_point: -1", ("bad-value", "measures[0].flex_point")),
        ("statistics: [P0]", ("bad-value", "measures[0].statistics[0]")),
        ("statistics: [P100]", ("bad-value", "measures[0].statistics[0]")),
        ("statistics: [MEAN, P33]", ("bad-value", "measures[0].statistics[1]")),
        ("available_from: 2025", ("bad-value", "measures[0].available_from")),
    ],
)
def test_a_measure_that_cannot_be_is_a_fault(found, base, more, expected):
    """Bounds rise and are whole in the measure's precision; people are protected by few percentiles."""
    assert [fault[:2] for fault in found(measure(base, more))] == [expected]


def test_open_data_has_every_percentile(read, base):
    """Where nothing is protected, any of the 99 may be asked for."""
    text = measure(changed(base, "unit: applicant", "unit: applicant\npolicy: open"), "statistics: [P30, P99]")
    assert read(text).measure("RENT").statistics == ("P30", "P99")


# --- when things began ------------------------------------------------------------------------------------------------


def test_fields_and_measures_have_a_first_period(read, base):
    """What was not collected before is not available before."""
    text = changed(base, "column: plot", "column: plot\n    available_from: 202404")
    db = read(measure(text, "available_from: 202504"))
    assert (db.field("PLOT").available_from, db.measure("RENT").available_from) == ("202404", "202504")
    assert db.field("AREA").available_from == ""


def test_a_first_period_is_a_period(found, base):
    """One of the database's frequency."""
    text = changed(base, "column: plot", "column: plot\n    available_from: 202413")
    assert found(text) == [("bad-value", "fields[1].available_from", 20)]


# --- populations ------------------------------------------------------------------------------------------------------


def geography(base, more):
    """The base with more said of its geography."""
    return changed(base, "    column: ward\n", f"    column: ward\n    population: {more}\n")


def test_a_population_file_tells_how_many_live_in_each_area(read, base):
    """A row without a level is of that code wherever it stands; codes of other geographies are passed over."""
    text = geography(base, "{file: population.csv}")
    found = read(text, population='code,name,persons\nT1,Easton,"1,200"\nW1,Mill,40\nX9,Nowhere,5\n').field("AREA")
    assert found.population == Population("persons", ((Node("TOWN", "T1"), 1200), (Node("WARD", "W1"), 40)))


def test_a_row_of_a_population_file_may_name_its_level(read, base):
    """Where one code stands in two levels, the level tells which is meant."""
    text = changed(geography(base, "{file: population.csv, of: households}"), "W3: {label: Hill", "T2: {label: Hill")
    rows = "code,level,persons,households\nT2,TOWN,900,400\nT2,WARD,90,40\nT1,,1,2\n"
    sizes = read(changed(text, "T2: Weston", "T2: Weston"), population=rows).field("AREA").population
    assert sizes == Population(
        "households", ((Node("TOWN", "T2"), 400), (Node("WARD", "T2"), 40), (Node("TOWN", "T1"), 2))
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("code,households\nT1,5\n", ("missing-column", "persons")),
        ("code,persons\nT1,many\n", ("not-an-integer", "persons", 2)),
        ("code,persons\nT1,\n", ("blank", "persons", 2)),
        ("code,persons\nT1,-5\n", ("bad-value", "persons", 2)),
        ("code,persons\nT1,5\nT1,6\n", ("duplicate", "code", 3)),
        ("code,level,persons\nT1,TOWN,5\nT1,,6\n", ("duplicate", "code", 3)),
        ("code,level,persons\nT1,TWON,5\nT2,,1\n", ("unknown-level", "level", 2)),
        ("code,persons\nX1,5\n", ("unknown-code", "fields[0].population.file", 12)),
    ],
)
def test_a_population_file_with_mistakes_is_a_fault(found, base, rows, expected):
    """Every area once, with a number."""
    assert found(geography(base, "{file: population.csv}"), population=rows) == [expected]


def test_only_a_geography_has_a_population(found, base):
    """Nobody lives in a size of plot."""
    text = changed(base, "column: plot", "column: plot\n    population: {file: population.csv}")
    found = found(text, population="code,persons\n01,5\n")
    assert found == [("bad-value", "fields[1].population", 20)]


def test_a_level_may_say_that_its_areas_are_small(read, base):
    """Otherwise the number of its codes tells."""
    levels = read(changed(base, "      - id: WARD\n", "      - id: WARD\n        small_areas: true\n"))
    assert [v.small_areas for v in levels.field("AREA").classification] == [None, True]


# --- weights ----------------------------------------------------------------------------------------------------------


def test_a_survey_has_a_weight(read, base):
    """Its column, what it counts, how exactly it is kept, and the replicates from which errors are computed."""
    db = read(base + "weight: {column: w, label: Weighted applicants, precision: 3, replicates: [a, b], scale: 0.5}\n")
    assert db.weight == Weight("w", "Weighted applicants", 3, ("a", "b"), 0.5)
    assert read(base + "weight: {column: w, label: W}\n").weight == Weight("w", "W", 4, (), 1.0)
    assert read(base).weight is None


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("label: W, replicates: [a, b]", ("missing-key", "weight.scale")),
        ("label: W, scale: 1", ("missing-key", "weight.scale")),
        ("label: W, replicates: [a, b], scale: 0", ("bad-value", "weight.scale")),
        ("label: W, replicates: [a, b], scale: nan", ("bad-value", "weight.scale")),
        ("label: W, replicates: [a, a], scale: 1", ("duplicate-id", "weight")),
        ("label: W, replicates: [w, a], scale: 1", ("duplicate-id", "weight")),
        ("precision: 2", ("missing-key", "weight.label")),
        ("label: W, precision: 7", ("bad-value", "weight.precision")),
    ],
)
def test_a_weight_that_cannot_be_is_a_fault(found, base, more, expected):
    """A scale that was forgotten would give wrong errors in silence, so it is needed beside replicates."""
    assert [fault[:2] for fault in found(f"{base}weight: {{column: w, {more}}}\n")] == [expected]


# --- units ------------------------------------------------------------------------------------------------------------


def records(base, more):
    """The base with more said of its record table."""
    return changed(base, "unit_id: ref}", f"unit_id: ref, {more}}}")


def test_households_have_members_and_claims_a_person(read, base):
    """What the keys of the records are made from."""
    assert read(records(base, "members: refs")).records.members == "refs"
    claim = read(records(base, "claim: {person: nino, number: claim_no, benefit: HB}")).records.claim
    assert claim == Claim("nino", "claim_no", "HB")
    alone = changed(base, "unit_id: ref}", "claim: {person: nino, number: n, benefit: HB}}")
    assert read(alone).records.unit_id is None


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("unit_id: ref}", "members: refs}", ("missing-key", "records")),
        (
            "unit_id: ref}",
            "unit_id: ref, members: refs, claim: {person: p, number: n, benefit: HB}}",
            ("two-of-one", "records.claim"),
        ),
        ("unit_id: ref}", "claim: {person: p, number: n}}", ("missing-key", "records.claim.benefit")),
        ("unit_id: ref}", "claim: {person: p, number: n, benefit: a b}}", ("bad-value", "records.claim.benefit")),
        ("id: RENT", "id: statlas_weight", ("reserved-id", "measures[0].id")),
    ],
)
def test_a_unit_that_cannot_be_proved_is_a_fault(found, base, old, new, expected):
    """A household needs an id by which it is seen to stand once; a claim is seen by person and number."""
    assert [fault[:2] for fault in found(changed(base, old, new))] == [expected]


# --- impossible combinations ------------------------------------------------------------------------------------------


def test_impossible_combinations_name_nodes(read, base):
    """Codes are looked for as everywhere, and ``CODE@LEVEL`` names the level."""
    entry = "impossible:\n  - {where: {PLOT: [01, no], AREA: [T1, W3@WARD]}, reason: Eastons plots are whole.}\n"
    assert read(base + entry).impossible == (
        Impossible(
            (
                ("PLOT", (Node("C_PLOT", "01"), Node("C_PLOT", "no"))),
                ("AREA", (Node("TOWN", "T1"), Node("WARD", "W3"))),
            ),
            "Eastons plots are whole.",
        ),
    )


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("{where: {PLOT: [01], AREA: [T1]}}", ("missing-key", "impossible[0].reason")),
        ("{where: {PLOT: [01]}, reason: x}", ("bad-value", "impossible[0].where")),
        ("{where: {PLOT: [01], AREAS: [T1]}, reason: x}", ("unknown-field", "impossible[0].where.AREAS")),
        ("{where: {PLOT: [01], AREA: [T9]}, reason: x}", ("bad-value", "impossible[0].where.AREA")),
        ("{where: {PLOT: [01], AREA: []}, reason: x}", ("no-codes", "impossible[0].where.AREA")),
        ("{where: {PLOT: [01], MONTH: [202501]}, reason: x}", ("bad-date", "impossible[0].where.MONTH")),
        ("never", ("bad-value", "impossible[0]")),
    ],
)
def test_an_impossible_combination_that_cannot_be_is_a_fault(found, base, entry, expected):
    """It names at least two fields and their codes, and says why."""
    assert [fault[:2] for fault in found(f"{base}impossible:\n  - {entry}\n")] == [expected]


# --- ready-made tables ------------------------------------------------------------------------------------------------


def table(base, entry):
    """The base with a ready-made table."""
    return f"{base}tables:\n  - {{id: t, title: T, {entry}}}\n"


def test_a_ready_made_table_may_have_measures_and_derived_numbers(read, base):
    """Statistics are named with the measure; what is worked out stands after them, in order."""
    entry = (
        "rows: [PLOT], columns: [MONTH], periods: all, measures: [RENT:MEAN, RENT, APPLICANTS], derived: ["
        "{percentage: column, measure: APPLICANTS}, {change: year, percent: true}, {rank: PLOT, ascending: true}, "
        "{formula: '{RENT:MEAN} / 2', label: Half}, "
        "{formula: '({01} + {None yet}) * -1.5', label: Both, field: PLOT, precision: 0}]"
    )
    [ready] = read(table(base, entry)).tables
    assert ready.query.measures == ("RENT:MEAN", "RENT", "APPLICANTS")
    assert ready.query.derived == (
        Percentage(Share.COLUMN, "APPLICANTS"),
        Change(Since.YEAR, percent=True),
        Rank("PLOT", ascending=True),
        Formula("Half", "{RENT:MEAN} / 2"),
        Formula("Both", "({01} + {None yet}) * -1.5", "PLOT", 0),
    )


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("measures: [RENT:MEDIAN]", ("unknown-measure", "tables[0].measures[0]")),
        ("measures: [APPLICANTS:MEAN]", ("unknown-measure", "tables[0].measures[0]")),
        ("measures: ['RENT:']", ("bad-value", "tables[0].measures[0]")),
        ("derived: [{percentage: area}]", ("bad-value", "tables[0].derived[0].percentage")),
        ("derived: [{percent: true}]", ("bad-value", "tables[0].derived[0]")),
        ("derived: [{percentage: row, rank: PLOT}]", ("bad-value", "tables[0].derived[0]")),
        ("derived: [{percentage: row, percent: true}]", ("bad-value", "tables[0].derived[0]")),
        ("derived: [{percentage: row, measure: RENT}]", ("unknown-measure", "tables[0].derived[0]")),
        ("derived: [{rank: PLOT}]", ("unknown-field", "tables[0].derived[0]")),
        ("derived: [{formula: '{RENT}', label: R}]", ("unknown-measure", "tables[0].derived[0]")),
        ("derived: [{formula: '{APPLICANTS}'}]", ("bad-value", "tables[0].derived[0]")),
        ("derived: [{formula: '1 + 1', label: Two}]", ("bad-value", "tables[0].derived[0]")),
        ("derived: [{formula: '{APPLICANTS} +', label: R}]", ("bad-value", "tables[0].derived[0]")),
        ("derived: [{formula: 'abs({APPLICANTS})', label: R}]", ("bad-value", "tables[0].derived[0]")),
        ("derived: [{formula: '{APPLICANTS} ** 9', label: R}]", ("bad-value", "tables[0].derived[0]")),
        ("derived: [{formula: '{APPLICANTS} + True', label: R}]", ("bad-value", "tables[0].derived[0]")),
        ("derived: [{formula: '{A}', label: R, field: PLOT}]", ("unknown-field", "tables[0].derived[0]")),
        (
            "rows: [PLOT], derived: [{formula: '{Hlaf}', label: R, field: PLOT}]",
            ("unknown-code", "tables[0].derived[0]"),
        ),
    ],
)
def test_a_derived_number_that_cannot_be_worked_out_is_a_fault(found, base, entry, expected):
    """It has one kind, names what stands in its table, and a formula is arithmetic."""
    assert [fault[:2] for fault in found(table(base, entry))] == [expected]


def test_a_formula_of_great_depth_is_a_fault(found, base):
    """Brackets without end do not overwhelm the reader."""
    deep = "(" * 5000 + "{APPLICANTS}" + ")" * 5000
    assert ("bad-value", "tables[0].derived[0]") in [
        fault[:2] for fault in found(table(base, f"derived: [{{formula: '{deep}', label: R}}]"))
    ]
