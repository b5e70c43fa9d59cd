"""Numbers fall into the band that holds them: every bound, gap and spelling, against plain comparisons."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import duckdb
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from statlas.model.classification import Classification, Code, Valueset
from statlas.model.database import Field
from statlas.model.derivation import Band, Banded
from statlas.records.encoding import EncodedField, position_sql
from statlas.tabular import Table

bounds = st.lists(st.integers(-400, 400).map(lambda n: n / 4), min_size=1, max_size=6, unique=True).map(sorted)
numbers = st.one_of(
    st.integers(-450, 450).map(lambda n: n / 4),
    st.decimals(-120, 120, allow_nan=False, allow_infinity=False, places=6).map(float),
)


@st.composite
def banded(draw: st.DrawFn) -> Banded:
    """Bands between neighbouring bounds, some left out, open at either end or not."""
    edges = [None, *draw(bounds), None]
    spans = list(pairwise(edges))
    kept = draw(st.lists(st.sampled_from(spans), min_size=1, unique=True))
    return Banded("n", tuple(Band(f"b{spans.index(span)}", *span) for span in sorted(kept, key=spans.index)))


def field_of(source: Banded) -> Field:
    """A field of those bands."""
    codes = tuple(Code(band.code, band.code) for band in source.bands)
    return Field("F", "F", "T", Classification((Valueset("C", "C", codes),)), source)


def position_definition(source: Banded, number: float) -> int | None:
    """The place of the band that holds a number, by its bounds."""
    for place, band in enumerate(source.bands):
        if (band.low is None or number >= band.low) and (band.high is None or number < band.high):
            return place
    return None


@given(source=banded(), column=st.lists(numbers, min_size=1, max_size=20), kind=st.sampled_from(["VARCHAR", "DOUBLE"]))
def test_a_number_falls_into_the_band_that_holds_it(source, column, kind):
    """As text or as a double, at a bound, between bounds or in a gap."""
    held = pa.array([str(Decimal(repr(n))) for n in column] if kind == "VARCHAR" else column)
    encoded = EncodedField(field_of(source), 0)
    with duckdb.connect() as connection:
        connection.register("rows", pa.table({"n": held}))
        sql = position_sql(encoded, Table("f", "rows", "rows", {"n": kind}, ""))
        found = [position for (position,) in connection.execute(f"select {sql} from rows").fetchall()]
    assert found == [position_definition(source, n) for n in column]
