"""A database whose names and codes hold every mark that an address or a list means something by, and queries of it."""

from __future__ import annotations

from hypothesis import strategies as st

from statlas.model.classification import Classification, Code, Valueset
from statlas.model.database import Database, Field, FieldKind, Measure, RecordTable
from statlas.model.derivation import Column
from statlas.model.derived import Change, Formula, Percentage, Rank, Share, Since
from statlas.model.period import Calendar
from statlas.model.query import Dimension, Filter, Item, Query, Role, TimeKind, TimeSelector

AWKWARD = ("1", "a:b", "50%", "x,y", "p;q", "k=v", "@home", "Größe €", "a b+c", "&?#", "%3B")
PERIODS = ("202501", "202502", "202503", "202504")


def field_of(name, *levels):
    """A field of levels with these codes."""
    return Field(
        name, f"{name} field", "T", Classification(tuple(_level(level, codes) for level, codes in levels)), Column(name)
    )


def _level(name, codes):
    return Valueset(name, name, tuple(Code(code, f"label of {code}") for code in codes))


EMPTY = Classification((Valueset("C_DATE", "Month", ()),))
DATABASE = Database(
    "odd",
    "Odd",
    RecordTable("T", "Things", "thing"),
    Calendar(),
    (
        Field("MONTH", "Month", "F", EMPTY, Column("month"), FieldKind.DATE),
        field_of("AREA", ("REGION", ("1", "2")), ("L:A", AWKWARD)),
        field_of("A.B", ("ONLY", AWKWARD)),
        field_of("SEX@2", ("C=SEX", ("F", "M"))),
    ),
    measures=(Measure("PAY", "Pay", "T", "pay", "GBP", 2, ("SUM", "MEAN", "MEDIAN")),),
).with_periods(PERIODS)

# --- random queries ---------------------------------------------------------------------------------------------------


def _nodes_of(field):
    return st.lists(st.sampled_from(field.classification.nodes), min_size=1, max_size=4, unique=True).map(tuple)


def _items_of(field):
    labels = st.one_of(st.none(), st.text(max_size=5, alphabet=st.characters(codec="utf-8")))
    return st.lists(st.builds(Item, _nodes_of(field), labels), min_size=1, max_size=4).map(tuple)


TIMES = st.one_of(
    st.just(TimeSelector(TimeKind.ALL)),
    st.sampled_from(["", "01", "03"]).map(lambda month: TimeSelector(TimeKind.YEARLY, start=month)),
    st.integers(1, 40).map(lambda n: TimeSelector(n=n)),
    st.sampled_from(PERIODS).map(lambda start: TimeSelector(TimeKind.FROM, start=start)),
    st.just(TimeSelector(TimeKind.RANGE, start=PERIODS[0], end=PERIODS[2])),
)


@st.composite
def _dimensions(draw, field):
    total, role = draw(st.booleans()), draw(st.sampled_from(Role))
    chosen = {"total": total, "role": role}
    kind = draw(st.sampled_from(["default", "items", "time" if field is DATABASE.date else "valueset"]))
    if kind == "items":
        chosen["items"] = draw(_items_of(field))
    elif kind == "time":
        chosen["time"] = draw(TIMES)
    elif kind == "valueset":
        chosen["valueset"] = draw(st.sampled_from([valueset.id for valueset in field.classification]))
    return Dimension(field.id, **chosen)


@st.composite
def queries(draw, derived=None):
    """Any query of the database, with numbers worked out from ``derived``."""
    fields = draw(st.permutations(DATABASE.fields))
    n = draw(st.integers(0, len(fields)))
    filtered = [f for f in fields[n:] if f is not DATABASE.date and draw(st.booleans())]
    return Query(
        "odd",
        measures=draw(st.sampled_from([(), ("T",), ("PAY:MEAN", "T"), ("PAY",), ("PAY:P33", "PAY:SUM")])),
        dimensions=tuple(draw(_dimensions(field)) for field in fields[:n]),
        filters=tuple(Filter(field.id, draw(_nodes_of(field))) for field in filtered),
        release=draw(st.sampled_from([None, "3"])),
        derived=tuple(draw(st.lists(DERIVED if derived is None else derived, max_size=3, unique=True))),
    )


NAMES = st.sampled_from(["", "T", "PAY:SUM", "A;B:C", "50%"])
TEXTS = st.text(min_size=1, max_size=6, alphabet=st.characters(codec="utf-8"))
DERIVED = st.one_of(
    st.builds(Percentage, st.sampled_from(Share), NAMES),
    st.builds(Change, st.sampled_from(Since), st.booleans(), NAMES),
    st.builds(Rank, st.sampled_from(["AREA", "A.B", "x;y"]), NAMES, st.booleans()),
    st.builds(
        Formula,
        TEXTS,
        st.sampled_from(["{T} / {PAY:SUM}", "round({a;b}, 2) * 100 + {%3B}", " -{x} "]),
        st.sampled_from([None, "AREA", "SEX@2"]),
        st.integers(0, 6),
    ),
)
