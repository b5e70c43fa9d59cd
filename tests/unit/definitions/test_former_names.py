"""Names under which fields were known once."""

import pytest

from statlas.model.database import FormerName


def named(base, date="", area=""):
    """The base with former names of its date and its first field."""
    text = base.replace("date: {id: MONTH, column: month}", f"date: {{id: MONTH, column: month{date}}}")
    return text.replace("    column: ward\n", f"    column: ward\n{area}")


def test_what_is_left_out_is_as_it_is_now(read, base):
    """Table, id and valuesets may each have changed alone."""
    date = ", formerly: [{table: OLD_MONTHS, valuesets: {C_OLD: C_MONTH}}]"
    area = "    formerly: [{id: PLACE}, {id: Area, table: T, valuesets: {PARISH: WARD}}]\n"
    database = read(named(base, date, area))
    assert database.date.formerly == (FormerName("OLD_MONTHS", "MONTH", (("C_OLD", "C_MONTH"),)),)
    assert database.field("AREA").formerly == (
        FormerName("APPLICANTS", "PLACE"),
        FormerName("T", "Area", (("PARISH", "WARD"),)),
    )
    assert database.field("PLOT").formerly == ()


@pytest.mark.parametrize(
    ("date", "area", "place"),
    [
        ("", "    formerly: [{id: PLACE, valuesets: {PARISH: VILLAGE}}]\n", "fields[0].formerly[0].valuesets.PARISH"),
        (", formerly: [{id: DAY}, {id: DATE, valuesets: {A: B}}]", "", "date.formerly[1].valuesets.A"),
    ],
)
def test_a_valueset_that_is_not_there_is_a_fault(faults, base, date, area, place):
    """A former valueset is one of today's."""
    [fault] = faults(named(base, date, area))
    assert (fault.code, fault.path) == ("unknown-level", place)
