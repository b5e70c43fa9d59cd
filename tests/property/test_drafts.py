"""Whatever stands in a data file, its draft is a definition that reads."""

import csv
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, reject
from hypothesis import strategies as st

from statlas import definitions
from statlas.errors import RecordsError

cells = st.one_of(
    st.sampled_from(["", " ", "1", "01", "-9", "yes", "no", "null", "~", "E08000035", "E12000001", "202501", "2025"]),
    st.sampled_from(["1.5", "1.25", "£2.50", "2025-01-31", "a: b", "#x", "{", "'", '"', "a@b", "%", "- x", "\t", "é"]),
    st.integers(-(10**6), 10**6).map(str),
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
)
headings = st.one_of(
    st.sampled_from(["month", "year", "id", "age", "rent", "area code", "area name", "lsoa", "Region", "sex", "Date"]),
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8),
)


@st.composite
def files(draw):
    """A CSV of a few columns whose values repeat."""
    names = draw(st.lists(headings, min_size=1, max_size=5, unique_by=lambda name: name.strip().casefold()))
    pools = [draw(st.lists(cells, min_size=1, max_size=4)) for _ in names]
    rows = draw(st.integers(1, 60))
    picks = [[pool[(n * k) % len(pool)] for n in range(rows)] for k, pool in enumerate(pools, start=1)]
    return [names, *zip(*picks, strict=True)]


@given(rows=files())
def test_a_draft_is_a_definition(rows):
    """No column's name or values can make a draft that its own reader refuses."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "data.csv")
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
        try:
            drafted = definitions.draft([path])
        except RecordsError:  # a header that no CSV can have
            reject()
        drafted.write(Path(folder, "out"))
        database = definitions.read(Path(folder, "out", "definition.yaml"))
        assert definitions.loads(definitions.dumps(database)) == database
