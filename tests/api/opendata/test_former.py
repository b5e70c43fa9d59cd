"""Fields asked for by names they had once: understood, and answered by the same names."""

import json

import pytest

from statlas.definitions.stat_xplore import read
from statlas.definitions.stat_xplore.former import as_asked
from statlas.errors import QueryError, UnknownNameError
from statlas.model.classification import Classification, Code, Node, Valueset
from statlas.model.database import Database, Field, FieldKind, FormerName, RecordTable
from statlas.model.derivation import Column
from statlas.model.period import Calendar

SEXES = Classification((Valueset("C_SEX", "Sex", (Code("1", "Male"), Code("2", "Female"))),))
MONTHS = Classification((Valueset("C_MONTH", "Month", ()),))
DATABASE = Database(
    "old",
    "Old",
    RecordTable("T", "Things", "thing"),
    Calendar(),
    (
        Field(
            "MONTH",
            "Month",
            "F",
            MONTHS,
            Column("month"),
            FieldKind.DATE,
            formerly=(FormerName("F_WAS", "MONTH", (("C_WAS", "C_MONTH"),)),),
        ),
        Field("sex", "Sex", "T", SEXES, Column("sex"), formerly=(FormerName("T", "SEX"), FormerName("OLD", "gender"))),
    ),
).with_periods(("202501", "202502"))

MONTH, SEX = "str:field:old:F_WAS:MONTH", "str:field:old:T:SEX"


def asked(dimensions, recodes=None):
    """The request understood."""
    body = {"database": "str:database:old", "dimensions": dimensions, "recodes": recodes}
    return read.read(json.dumps(body).encode(), lambda _: DATABASE)


def test_a_former_name_is_the_field_it_is_of():
    """Table, field and valueset may have had other ids, each by itself."""
    recodes = {MONTH: {"map": [["str:value:old:F_WAS:MONTH:C_WAS:202501"]], "total": False}}
    found = asked([[MONTH], [SEX]], recodes)
    month, sex = found.query.dimensions
    assert (month.field, month.items[0].nodes) == ("MONTH", (Node("C_MONTH", "202501"),))
    assert sex.field == "sex"
    assert (
        found.query
        == asked(
            [["str:field:old:F:MONTH"], ["str:field:old:T:sex"]],
            {"str:field:old:F:MONTH": {"map": [["str:value:old:F:MONTH:C_MONTH:202501"]], "total": False}},
        ).query
    )


def test_an_answer_uses_the_names_it_was_asked_by():
    """Ids of fields, valuesets and values are spelled as before, as keys too; other texts and fields stay."""
    former = asked([[MONTH], ["str:field:old:T:sex"]]).former
    assert [*former] == ["MONTH"]
    new = {"str:field:old:F:MONTH": ["str:value:old:F:MONTH:C_MONTH:202501", "str:value:old:T:sex:C_SEX:1", "MONTH", 5]}
    old = {MONTH: ["str:value:old:F_WAS:MONTH:C_WAS:202501", "str:value:old:T:sex:C_SEX:1", "MONTH", 5]}
    assert as_asked(new, "old", former) == old
    assert as_asked(new, "another", former) == new


@pytest.mark.parametrize(
    "uri",
    [
        "str:field:old:F_WAS:SEX",
        "str:field:old:T:gender",
        "str:field:another:F_WAS:MONTH",
        "str:valueset:old:F_WAS:MONTH:C_NONE",
    ],
)
def test_what_was_never_a_name_is_refused(uri):
    """Parts of two names are none, and another database's names are its own."""
    with pytest.raises(UnknownNameError):
        asked([[uri]])


def test_one_field_under_two_names_is_refused():
    """Neither of two recodes wins without a word, and a field is no two dimensions."""
    recode = {"map": [["str:value:old:T:sex:C_SEX:1"]]}
    with pytest.raises(QueryError, match="recoded twice"):
        asked([[SEX]], {SEX: recode, "str:field:old:T:sex": recode})
    with pytest.raises(QueryError):
        asked([[SEX], ["str:field:old:OLD:gender"]])
