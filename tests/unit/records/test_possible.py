"""Records that cannot be: combinations that never meet, and fields before they were collected."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from claims import TENURE, TOWN, claims

from statlas import records
from statlas.model.classification import Node
from statlas.model.database import Impossible

OWNED = Node("C_TENURE", "1")
NORTH_OWNED = Impossible(
    (("TOWN", (Node("COUNTY", "N"),)), ("TENURE", (OWNED, Node("C_TENURE", "99")))), "Nobody owns there."
)


def never(*impossible: Impossible, **changes: Any) -> Any:
    """The database with what never meets."""
    tenure = replace(TENURE, **changes)
    return replace(claims(fields=(tenure, TOWN)), impossible=impossible)


def test_a_record_in_an_impossible_combination_is_a_fault(faults: Any) -> None:
    """It is found at load, with its rows and never its values; each combination by itself."""
    rows = [
        {"town": "N1", "tenure": "1"},
        {"town": "N1", "tenure": "2"},
        {"town": "S1", "tenure": "1"},
        {"town": "N1", "tenure": ""},
    ]
    south = Impossible((("TOWN", (Node("TOWN", "S1"),)), ("TENURE", (OWNED,))), "Flooded.")
    found = faults(rows, never(NORTH_OWNED, south))
    assert [(f.code, f.column, f.rows, f.count) for f in found] == [
        ("impossible-combination", "town, tenure", (2, 5), 2),
        ("impossible-combination", "town, tenure", (4,), 1),
    ]
    assert "TOWN and TENURE together: Flooded." in str(found)


def test_records_outside_it_pass(ingest: Any) -> None:
    """What is possible is published."""
    rows = [{"town": "N1", "tenure": "2"}, {"town": "S1", "tenure": "1"}]
    assert ingest(rows, never(NORTH_OWNED))["202501"].n_rows == 2


def test_kept_records_may_not_become_impossible(ingest: Any, tmp_path: Path) -> None:
    """A combination that is declared later is refused where records have it, and taken where they have not."""
    ingest([{"town": "N1", "tenure": "1"}], never())
    path = tmp_path / "out" / "202501.arrow"
    [fault] = records.check_kept(path, never(NORTH_OWNED))
    assert (fault.code, fault.path) == ("republish", "impossible[0]")
    elsewhere = replace(NORTH_OWNED, where=(("TOWN", (Node("COUNTY", "S"),)), NORTH_OWNED.where[1]))
    assert not records.check_kept(path, never(elsewhere))


# --- fields not yet collected -----------------------------------------------------------------------------------------


def test_a_field_is_not_read_before_it_was_collected(ingest: Any) -> None:
    """Whatever stands in its column before, records stand at the first leaf; from then on every code is checked."""
    rows = [{"tenure": "??"}, {"tenure": ""}, {"tenure": "2"}, {"tenure": "2", "month": "202502"}]
    database = never(available_from="202502", missing=None)
    made = ingest(rows, database)
    assert made["202501"].positions("TENURE").tolist() == [0, 0, 0]
    assert made["202502"].positions("TENURE").tolist() == [1]


def test_faults_before_a_field_was_collected_are_none(faults: Any) -> None:
    """A mistake elsewhere does not bring up what need not be right."""
    database = never(NORTH_OWNED, available_from="202502", missing=None)
    rows = [{"tenure": "??"}, {"tenure": "1"}, {"month": "202502", "tenure": "??"}]
    found = faults(rows, database)
    assert [(f.code, f.column, f.rows) for f in found] == [("unknown-code", "tenure", (4,))]


def test_codes_are_valid_before_their_field_was_collected(ingest: Any) -> None:
    """A first leaf that came into being later than the field's beginning is no fault before it."""
    codes = TOWN.classification["TOWN"]
    late = replace(codes, codes=(replace(codes["N1"], valid_from="202503"), *codes.codes[1:]))
    classification = replace(TOWN.classification, valuesets=(TOWN.classification["COUNTY"], late))
    town = replace(TOWN, classification=classification, available_from="202503")
    database = claims(fields=(TENURE, town))
    assert ingest([{"month": "202501", "town": "?"}], database)["202501"].positions("TOWN").tolist() == [0]


@pytest.mark.parametrize(("before", "after"), [("202502", ""), ("", "202502"), ("202502", "202501")])
def test_a_first_period_that_moves_needs_the_records_again(
    ingest: Any, tmp_path: Path, before: str, after: str
) -> None:
    """Records kept without the field cannot be read as if they had it, nor the other way round."""
    ingest([{"town": "S1"}], never(available_from=before))
    path = tmp_path / "out" / "202501.arrow"
    assert not records.check_kept(path, never(available_from=before))
    assert [fault.path for fault in records.check_kept(path, never(available_from=after))] == ["fields[0]"]
