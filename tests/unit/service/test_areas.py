"""Places of a home whose lists change: kinds, what followed what, ranks, shares, rates, and what is no place."""

import csv

import pytest

from statlas.errors import BusyError, DisclosureRefused, UnknownNameError
from statlas.model.cells import CellStatus
from statlas.service import tables
from statlas.service.tables import areas

CLAIMS = """\
statlas: 1
id: claims
label: Claims
unit: claimant
policy: open
records: {table: T_CLAIMS, label: Claims, unit_id: claim}
date: {id: MONTH, label: Month, column: month, frequency: month}
fields:
  - id: HOME
    label: Home
    kind: geography
    column: area
    levels:
      - {id: NATION, label: Country, codes: nation.csv}
      - {id: TOWN, label: Town, codes: town.csv}
  - id: OFFICE
    label: Office
    kind: geography
    column: office
    levels:
      - {id: OFFICES, label: Town, codes: {"T1": Alton, "T2": Belton}}
"""

PEOPLE = """\
statlas: 1
id: people
label: Estimates
unit: row
policy: open
records: {table: T_PEOPLE, label: Rows}
date: {id: YEAR, label: Year, period: "2024", frequency: year}
fields:
  - id: AREA
    label: Area
    kind: geography
    column: area
    levels:
      - {id: TOWN_OLD, label: Town, codes: {"T1": Alton, "T2": Belton, "T3": Corby}}
measures:
  - {id: PEOPLE, label: People, column: people, unit: people, precision: 0, statistics: [SUM]}
"""

NATIONS = [("N1", "Northland", ""), ("N2", "Southland", ""), ("ZZXXXXXXX", "Unknown", "")]
TOWNS = [
    ("T1", "Alton", "N1", "", ""),
    ("T2", "Belton", "N1", "", ""),
    ("T3", "Corby", "N1", "", "202412"),
    ("T4", "Corby", "N1", "202501", ""),
    ("T5", "Dunmow", "N1", "", "202412"),
    ("T6", "Great Alton-Dunmow", "N1", "202501", ""),
    ("T7", "Ynys Môn", "N2", "", ""),
    ("N2", "Southland", "N2", "", ""),
    ("ZZXXXXXXX", "Unknown", "ZZXXXXXXX", "", ""),
]
COUNTS = {
    "202402": {"T1": 40, "T2": 10, "T3": 30, "T5": 5, "T7": 7, "ZZXXXXXXX": 99},
    "202502": {"T1": 50, "T2": 10, "T4": 33, "T6": 10, "T7": 9, "ZZXXXXXXX": 99},
}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with claims of two months a year apart, and an open count of people."""
    folder = tmp_path_factory.mktemp("areas")
    _write(folder / "nation.csv", ("code", "label", "parent"), NATIONS)
    _write(folder / "town.csv", ("code", "label", "parent", "valid_from", "valid_to"), TOWNS)
    (folder / "claims.yaml").write_text(CLAIMS, "utf-8")
    (folder / "people.yaml").write_text(PEOPLE, "utf-8")
    rows = [
        (f"{month}-{code}-{n}", month, code, "T1")
        for month, counts in COUNTS.items()
        for code, many in counts.items()
        for n in range(many)
    ]
    _write(folder / "claims-records.csv", ("claim", "month", "area", "office"), rows)
    _write(folder / "people-records.csv", ("area", "people"), [("T1", 1_000), ("T2", 500), ("T3", 3_000)])
    made = tables.open_home(folder / "home")
    for name in ("claims", "people"):
        tables.publish(home=made, definition=folder / f"{name}.yaml", records=[folder / f"{name}-records.csv"])
    return made


def _write(path, header, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerows((header, *rows))


def _figures(home, code):
    return {one.database.id: one for one in areas.figures(home, areas.area(home, code), door="python").found}


def test_a_place_knows_where_it_is(home):
    """What holds it and what it holds, by the kinds of their levels; no place lies in itself."""
    town, nation = areas.area(home, "T1"), areas.area(home, "N1")
    assert (town.name.kind, [one.code for one in town.parents]) == ("Town", ["N1"])
    assert [one.code for one in nation.children["Town"]] == ["T1", "T2", "T3", "T4", "T5", "T6"]
    south = areas.area(home, "N2")
    assert south.parents == ()
    assert [one.code for one in south.children["Town"]] == ["T7"]
    assert {(one.database.id, one.field.id) for one in town.occurrences} == {
        ("claims", "HOME"),
        ("claims", "OFFICE"),
        ("people", "AREA"),
    }


@pytest.mark.parametrize("code", ["ZZXXXXXXX", "", "T99", "town", "N1\x00"])
def test_what_is_no_place_is_not_there(home, code):
    """Codes for unknown addresses among it."""
    with pytest.raises(UnknownNameError):
        areas.area(home, code)


def test_a_place_that_ended_names_what_followed(home):
    """That of its own name alone; without one, all that began then beside it."""
    assert [one.code for one in areas.area(home, "T3").followers] == ["T4"]
    assert {one.code for one in areas.area(home, "T5").followers} == {"T4", "T6"}
    assert [one.code for one in areas.area(home, "T4").earlier] == ["T3"]
    assert areas.area(home, "T1").followers == ()
    assert "T3" not in {one.code for one in areas.area(home, "T1").beside}


def test_figures_are_the_latest_with_the_change_on_a_year(home):
    """Of the geography of homes, not of offices."""
    found = _figures(home, "T1")["claims"]
    assert found.field.id == "HOME"
    assert found.periods == ("202502", "202402")
    assert (found.now.value, found.before.value, found.change.value, found.percent.value) == (50, 40, 10, 25)
    assert not found.is_noise


def test_a_place_has_no_people_before_it_began(home):
    """Its change is no change: a structural zero stands there."""
    began, ended = _figures(home, "T4")["claims"], _figures(home, "T3")["claims"]
    assert (began.now.value, began.before.value) == (33, None)
    assert began.before.status is CellStatus.STRUCTURAL_ZERO
    assert (ended.now.status, ended.before.value) == (CellStatus.STRUCTURAL_ZERO, 30)
    assert ended.places == ()


def test_ranks_are_among_places_with_a_number(home):
    """The largest is first, equal numbers share a place, and what is no place takes none."""
    first, shared = _figures(home, "T1")["claims"], _figures(home, "T2")["claims"]
    assert [(one.place, one.of, one.within, one.shared) for one in first.places] == [(1, 4, "Northland", False)]
    assert [(one.place, one.of, one.within, one.shared) for one in shared.places] == [(3, 4, "Northland", True)]
    north = _figures(home, "N1")["claims"]
    assert [(one.place, one.of, one.within) for one in north.places] == [(1, 2, "")]


def test_a_share_is_of_what_holds_the_place(home):
    """Of the printed numbers; the largest places have none."""
    found = _figures(home, "T1")["claims"]
    assert found.share == pytest.approx(100 * 50 / 103)
    assert found.share_of == "Northland"
    assert _figures(home, "N1")["claims"].share is None


def test_a_rate_is_divided_by_the_open_count_of_people(home):
    """Under an earlier code of the place too; none where nobody is counted; heads are divided by nothing."""
    found = _figures(home, "T1")
    assert found["claims"].rate.value == pytest.approx(50)
    assert (found["claims"].rate.of, found["claims"].rate.source.id) == ("people", "people")
    assert (found["claims"].rate.place.place, found["claims"].rate.place.of) == (1, 3)
    assert found["people"].is_headcount
    assert found["people"].now.value == 1_000
    assert found["people"].rate is None
    assert _figures(home, "T4")["claims"].rate.value == pytest.approx(11)
    assert _figures(home, "T7")["claims"].rate is None


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        *(("T2", ["T2"]), ("t2", ["T2"]), ("belton", ["T2"]), ("alt dun", ["T6"]), ("dunmow great", ["T6"])),
        *(("ynys mon", ["T7"]), ("YNYS MÔN", ["T7"]), ("corby", ["T4", "T3"]), ("Unknown", []), ("", []), ("?!", [])),
        *(("beltn", ["T2"]), ("alton", ["T1", "T6"]), ("southland", ["N2"]), ("ZZXXXXXXX", [])),
    ],
)
def test_places_are_found(home, text, codes):
    """By code, by the beginnings of words in any order, without accents, misspelt; those that ended come last."""
    assert [one.name.code for one in areas.find(home, text)] == codes


def test_what_is_kept_is_given_at_once(home):
    """Without a wait, even where nobody may wait."""
    areas.figures(home, areas.area(home, "T1"), door="python")
    found = areas.figures(home, areas.area(home, "T2"), door="python", budget_s=0)
    assert {one.database.id for one in found.found} == {"claims", "people"}
    assert found.left == ()


@pytest.mark.parametrize(
    ("error", "left", "refused"),
    [
        (BusyError("Others are served.", retry_after=1), {"claims"}, set()),
        (DisclosureRefused("A rule.", rule="x"), set(), {"claims"}),
    ],
)
def test_a_database_that_does_not_answer_does_not_stop_the_others(home, monkeypatch, error, left, refused):
    """A busy one is left for whoever asks again, one whose rules refuse is named."""

    def asked(key):
        if key.manifest.database == "claims":
            raise error
        return level(key)

    level = areas.area_figures.level
    monkeypatch.setattr(areas.area_figures, "level", asked)
    found = areas.figures(home, areas.area(home, "T1"), door="python")
    assert [one.database.id for one in found.found] == ["people"]
    assert {one.database.id for one in found.left} == left
    assert {one.database.id for one in found.refused} == refused


def test_an_empty_home_has_no_places(tmp_path):
    """And no error."""
    empty = tables.open_home(tmp_path / "empty")
    empty.create()
    assert areas.find(empty, "Leeds") == ()
    assert areas.index(empty).all_kinds == ()
    assert areas.index(empty).largest == ()
