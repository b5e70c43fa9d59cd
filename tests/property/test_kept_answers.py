"""What is kept of a table is the table: the same bytes read again, and the same numbers as counted anew."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from cubes import cube as cube_of
from cubes import dimension, measure, public_cubes
from homes import FEES, write_definition, write_records
from hypothesis import given, settings
from hypothesis import strategies as st

from statlas.errors import DisclosureRefused
from statlas.model.cells import CubeItem, CubeMeasure
from statlas.model.classification import Node
from statlas.model.cube import Cube
from statlas.model.derived import Change, Formula, Percentage, Rank, Share, Since
from statlas.model.protection import RuleOutcome
from statlas.model.query import Dimension, Filter, Item, Query, Role, TimeKind, TimeSelector
from statlas.service import tables
from statlas.service.tables import cube_codec
from statlas.service.tables.giving import answers
from statlas.service.tables.marking import Marking

TEXT = st.text(max_size=12)
NODES = st.builds(Node, TEXT, TEXT)
LISTS = st.lists(NODES, min_size=1, max_size=3, unique=True).map(tuple)
KEYS = st.lists(TEXT, max_size=2).map(tuple)
TIMES = st.builds(TimeSelector, st.just(TimeKind.LATEST), st.integers(1, 20)) | st.builds(
    TimeSelector, st.just(TimeKind.RANGE), st.just(1), st.just("202001"), st.just("202101")
)
DERIVED = st.lists(
    st.builds(Percentage, st.sampled_from(Share), TEXT)
    | st.builds(Change, st.sampled_from(Since), st.booleans(), TEXT)
    | st.builds(Rank, TEXT, TEXT, st.booleans())
    | st.builds(Formula, TEXT, TEXT, st.none() | TEXT, st.integers(0, 9)),
    max_size=2,
).map(tuple)
DIMENSIONS = st.builds(
    Dimension, st.just("A"), items=st.lists(st.builds(Item, LISTS, st.none() | TEXT), min_size=1).map(tuple)
)
OTHERS = st.builds(Dimension, st.just("B"), time=TIMES, total=st.booleans(), role=st.sampled_from(Role))
QUERIES = st.builds(
    Query,
    TEXT,
    KEYS,
    st.tuples(DIMENSIONS, OTHERS),
    st.lists(st.builds(Filter, st.just("C"), LISTS), max_size=1).map(tuple),
    st.none() | TEXT,
    DERIVED,
)
RULES = st.lists(
    st.builds(RuleOutcome, TEXT, st.integers(0, 9), st.integers(0, 99), st.integers(0, 99), TEXT, TEXT, KEYS),
    max_size=2,
).map(tuple)
ITEMS = st.builds(
    CubeItem, TEXT, LISTS, KEYS, st.booleans(), KEYS, st.none() | st.builds(Formula, TEXT, TEXT, st.none(), st.just(2))
)


@st.composite
def cubes(draw) -> Cube:
    """Cubes with everything that a cube can have."""
    made = draw(public_cubes(largest=draw(st.sampled_from([9, 2**62]))))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    errors = chance.choice([0.0, -0.0, np.nan, np.inf, 5e-324, 1 / 3], made.shape)
    measures = [replace(m, se=errors) if draw(st.booleans()) else m for m in made.measures]
    one, *others = made.dimensions
    one = replace(one, items=tuple(draw(ITEMS) for _ in one.items), annotations=draw(KEYS), valueset=draw(TEXT))
    return replace(
        made,
        query=draw(QUERIES),
        dimensions=(one, *others),
        measures=tuple(measures),
        annotations=draw(st.dictionaries(TEXT, TEXT, max_size=3)),
        database_annotations=draw(KEYS),
        cell_annotations=draw(st.dictionaries(st.integers(0, 99), KEYS, max_size=3)),
        noise_sd=draw(st.floats(0, 99)),
        rules=draw(RULES),
        blocked=draw(st.sampled_from([None, chance.integers(0, 3, made.shape, np.uint8)])),
    )


def same(one: Cube, other: Cube) -> None:
    """Every part of two cubes is equal, every array to the byte."""
    for field in fields(Cube):
        if field.name not in ("measures", "blocked"):
            assert getattr(one, field.name) == getattr(other, field.name)
    assert list(one.cell_annotations) == list(other.cell_annotations)
    same_array(one.blocked, other.blocked)
    for mine, theirs in zip(one.measures, other.measures, strict=True):
        for field in fields(CubeMeasure):
            first, second = getattr(mine, field.name), getattr(theirs, field.name)
            if isinstance(first, np.ndarray) or isinstance(second, np.ndarray):
                same_array(first, second)
            else:
                assert (first, type(first)) == (second, type(second))


def same_array(one, other) -> None:
    """Both are none, or of one type and shape with the same bytes."""
    if one is None or other is None:
        assert one is other
    else:
        assert (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())


@given(cubes())
def test_a_cube_survives_the_disk_to_the_byte(cube):
    """Numbers, statuses, flags, errors, rules, blocked areas, notes and the query come back as they were."""
    same(cube_codec.loads(cube_codec.dumps(cube)), cube)


@given(cubes(), st.data())
def test_what_is_cut_off_is_no_cube(cube, data):
    """A file that ends early is refused by the reader itself, even if a seal did not."""
    whole = cube_codec.dumps(cube)
    with pytest.raises(ValueError, match="no cube"):
        cube_codec.loads(whole[: data.draw(st.integers(0, len(whole) - cube_codec.ALIGNED))])


def test_an_array_of_objects_is_refused():
    """No bytes make the reader build anything but numbers."""
    plain = cube_of([dimension("area", ["1"])], measure([7]))
    data = cube_codec.dumps(plain)
    for kind in (b'"|O8"', b'"<M8"', b'"|S8"'):
        with pytest.raises(ValueError, match="no cube"):
            cube_codec.loads(data.replace(b'"<i8"', kind))


# --- a real home ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Two releases of the clubs; the first is asked."""
    folder = tmp_path_factory.mktemp("kept")
    home = tables.open_home(folder / "home")
    definition = write_definition(folder, more=FEES)
    tables.publish(home=home, definition=definition, records=[write_records(folder / "1.csv", fees=True)])
    later = write_records(folder / "2.csv", fees=True, months=("202503",), seed=2)
    tables.publish(home=home, definition=definition, records=[later])
    return home


FIELDS = st.sampled_from(["AREA", "SEX", "AGE_BAND"])
MEASURES = st.lists(st.sampled_from(["MEMBERS", "FEE:SUM", "FEE:MEAN", "FEE:MEDIAN"]), max_size=2, unique=True).map(
    tuple
)
ASKED = st.builds(
    lambda names, total, measures, time: Query(
        "clubs", measures, (Dimension("MONTH", time=time), *(Dimension(n, total=total) for n in names)), release="1"
    ),
    st.lists(FIELDS, max_size=2, unique=True),
    st.booleans(),
    MEASURES,
    st.sampled_from([TimeSelector(), TimeSelector(TimeKind.ALL)]),
)


def given_by(action):
    """A table or its refusal."""
    try:
        return action()
    except DisclosureRefused as refusal:
        return str(refusal)


def not_asked(*_asked: object) -> Cube:
    """A first release has none before it whose table could be asked for."""
    raise AssertionError


@settings(max_examples=15)
@given(ASKED)
def test_a_kept_answer_is_the_answer_counted_anew(home, query):
    """From memory, from the disk, by another spelling and counted again, a pinned release gives the same bytes."""
    first = given_by(lambda: tables.table(home=home, query=query, door="test"))
    answers.clear()
    kept = given_by(lambda: tables.table(home=home, query=query, door="test"))
    if isinstance(first, str):
        assert kept == first
        return
    found = tables.manifest(home=home, database_id="clubs", release="1")
    defined = tables.database(home=home, database_id="clubs", release="1")
    same(kept, first)
    same(tables.table(home=home, query=first.query, door="test"), first)
    told = Marking.of(home, found, not_asked)
    same(told.marked(tables.count(home=home, database=defined, manifest=found, query=query)), first)
    assert tables.table(home=home, query=query, door="test").measures[0].values is kept.measures[0].values
