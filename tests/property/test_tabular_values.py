"""Reading of amounts and dates by SQL against a plain definition in Python."""

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statlas import tabular
from statlas.tabular import ColumnShape, Kind, TableShape
from statlas.tabular.opening import Table

TEXTS = st.one_of(
    st.text(alphabet="0123456789.,-+£ ", max_size=12),
    st.from_regex(r"-?£?[0-9]{1,3}(,[0-9]{3}){0,3}(\.[0-9]{0,4})?", fullmatch=True),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9).map(str),
    st.text(max_size=5),
)


def pence_definition(text):
    """Whole pence of an amount as people write it; None if it is none or has a fraction of a penny."""
    text = text.strip(" \t\r\n")
    if not re.fullmatch(r"(-?£ ?|£ ?-|[+-]?)([0-9]{1,15}|[0-9]{1,3}(,[0-9]{3}){1,4})(\.[0-9]+)?", text, re.ASCII):
        return None
    pence = Decimal(re.sub("[£, +]", "", text)) * 100
    return int(pence) if pence == int(pence) else None


def month_definition(text):
    """The first of a month written 202509, 2025-09, 2025-09-30 or 30/09/2025; None if it is no such date."""
    text = text.strip(" \t\r\n")
    patterns = (
        r"(?P<y>\d{4})(?P<m>\d\d)",
        r"(?P<y>\d{4})-(?P<m>\d\d)",
        r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)",
        r"(?P<d>\d\d)/(?P<m>\d\d)/(?P<y>\d{4})",
    )
    for pattern in patterns:
        if match := re.fullmatch(pattern, text, re.ASCII):
            parts = {"d": "1", **match.groupdict()}
            try:
                return date(int(parts["y"]), int(parts["m"]), int(parts["d"])).replace(day=1)
            except ValueError:
                return None
    return None


@pytest.fixture(scope="module")
def read():
    """The value that SQL reads from a text, and the codes of its faults."""
    with tabular.connect() as connection:

        def evaluate(shape, text):
            connection.execute("create or replace temp table t as select ?::varchar as x", [text])
            table = Table("t", "t", f"(select 2 as {tabular.ROW}, * from t)", {"x": "VARCHAR"})
            [[value]] = connection.execute(f"select {tabular.value(shape, table)} from t").fetchall()
            return value, [f.code for f in tabular.check(connection, [table], TableShape((shape,)))]

        yield evaluate


@given(text=TEXTS.filter(lambda text: "\0" not in text))
def test_an_amount_is_read_as_its_definition_says_or_is_a_fault(read, text):
    """A text is an amount in whole pence, or a blank, or exactly one fault; never read otherwise than judged."""
    value, faults = read(ColumnShape("x", Kind.MONEY, required=False), text)
    assert value == pence_definition(text)
    assert bool(faults) == (value is None and bool(text.strip(" \t\r\n")))
    assert len(faults) <= 1


DATES = st.one_of(
    st.dates(min_value=date(1000, 1, 1)).map(str),
    st.dates(min_value=date(1000, 1, 1)).map(lambda d: d.strftime("%d/%m/%Y").rjust(10, "0")),
    st.from_regex(r"[0-9]{4}-?[0-9]{2}(-[0-9]{2})?", fullmatch=True),
    st.text(alphabet="0123456789-/ ", max_size=11),
)


@given(text=DATES.filter(lambda text: not text.startswith("0000") and "/0000" not in text))
def test_a_month_is_read_as_its_definition_says_or_is_a_fault(read, text):
    """A text is a month, or a day of one, or a blank, or one fault."""
    value, faults = read(ColumnShape("x", Kind.DATE, required=False, forms=("month", "day"), floor="month"), text)
    assert value == month_definition(text)
    assert bool(faults) == (value is None and bool(text.strip(" \t\r\n")))
