"""Any database survives being stored, and no classification breaks the promise about differences."""

from hypothesis import given
from hypothesis import strategies as st

from statlas import definitions
from statlas.model.classification import Classification, Code, Node, Valueset
from statlas.model.database import (
    Annotation,
    Claim,
    Contact,
    Database,
    Field,
    FieldKind,
    FormerName,
    Impossible,
    Measure,
    Population,
    ReadyTable,
    RecordTable,
    Weight,
)
from statlas.model.derivation import Band, Banded, Column, Combined, Constant, LookedUp
from statlas.model.derived import Change, Formula, Percentage, Rank, Share, Since
from statlas.model.mapping import FieldMapping, MappingPlan
from statlas.model.period import Calendar, Frequency
from statlas.model.protection import Protection, RuleSetting
from statlas.model.query import Dimension, Filter, Item, Query, Role, TimeKind, TimeSelector

words = st.text(max_size=6)
names = st.text(alphabet="abcXYZ019_é ", min_size=1, max_size=5)


@st.composite
def classifications(draw):
    """Up to four levels over the same leaves, ragged, each code under at most one code of a coarser level."""
    valuesets, members = [], {}
    leaves = draw(st.integers(1, 8))
    for depth in range(draw(st.integers(0, 3))):
        codes = [
            Code(f"{depth}-{n}", draw(words), valid_from=draw(st.none() | words), valid_to=draw(st.none() | words))
            for n in range(draw(st.integers(1, 4)))
        ]
        valuesets.append(Valueset(f"L{depth}", draw(words), tuple(codes), draw(st.none() | st.booleans())))
        members[f"L{depth}"] = [Node(f"L{depth}", code.id) for code in codes]
    finest = tuple(
        Code(
            str(n),
            draw(words),
            tuple(draw(st.sampled_from(nodes)) for nodes in members.values() if draw(st.booleans())),
        )
        for n in range(leaves)
    )
    return Classification((*valuesets, Valueset("LEAF", draw(words), finest)))


sources = st.one_of(
    st.builds(Column, words),
    st.builds(Constant, st.none() | words),
    st.builds(
        Banded,
        words,
        st.lists(st.builds(Band, words, st.none() | st.floats(allow_nan=False, allow_infinity=False), st.none())).map(
            tuple
        ),
    ),
    st.builds(LookedUp, words, st.lists(st.tuples(words, words)).map(tuple)),
    st.builds(
        Combined,
        st.lists(words).map(tuple),
        st.lists(st.tuples(st.lists(words).map(tuple), words)).map(tuple),
        st.none() | words,
    ),
)
nodes = st.builds(Node, words, words)
node_lists = st.lists(nodes, min_size=1, max_size=3, unique=True).map(tuple)
times = st.one_of(
    st.builds(TimeSelector, st.just(TimeKind.LATEST), st.integers(1, 99)),
    st.builds(TimeSelector, st.just(TimeKind.FROM), start=words),
    st.just(TimeSelector(TimeKind.ALL)),
    st.sampled_from(["", "03"]).map(lambda month: TimeSelector(TimeKind.YEARLY, start=month)),
)
contents = st.one_of(
    st.fixed_dictionaries({}),
    st.fixed_dictionaries({"valueset": words}),
    st.fixed_dictionaries({"time": times}),
    st.fixed_dictionaries(
        {"items": st.lists(st.builds(Item, node_lists, st.none() | words), min_size=1, max_size=3).map(tuple)}
    ),
)


derivations = st.one_of(
    st.builds(Percentage, st.sampled_from(Share), words),
    st.builds(Change, st.sampled_from(Since), st.booleans(), words),
    st.builds(Rank, words, words, st.booleans()),
    st.builds(Formula, words, words, st.none() | words, st.integers(0, 6)),
)


@st.composite
def queries(draw):
    """A query with up to three dimensions and a filter."""
    dimensions = tuple(
        Dimension(f"F{n}", **draw(contents), total=draw(st.booleans()), role=draw(st.sampled_from(Role)))
        for n in range(draw(st.integers(0, 3)))
    )
    filters = tuple(Filter("G", draw(node_lists)) for _ in range(draw(st.integers(0, 1))))
    measures = tuple(draw(st.lists(words, max_size=2)))
    derived = tuple(draw(st.lists(derivations, max_size=3)))
    return Query(draw(words), measures, dimensions, filters, draw(st.none() | words), derived)


fields = st.builds(
    Field,
    id=names,
    label=words,
    table=words,
    classification=classifications(),
    source=sources,
    kind=st.sampled_from(FieldKind),
    default_valueset=words,
    group=words,
    description=words,
    missing=st.none() | words,
    inherit=st.booleans(),
    inherit_reason=words,
    available_from=words,
    population=st.none() | st.builds(Population, words, st.lists(st.tuples(nodes, st.integers(0, 9**9))).map(tuple)),
    formerly=st.lists(st.builds(FormerName, words, words, st.lists(st.tuples(words, words)).map(tuple))).map(tuple),
)
limits = st.none() | st.integers(0, 9) | st.floats(0, 9)
rules = st.builds(RuleSetting, words, words, st.booleans(), limits, limits, st.lists(words).map(tuple))
protections = st.builds(
    Protection, words, st.integers(1, 9), words, st.integers(0, 99), st.integers(0, 99), st.lists(rules).map(tuple)
)
weights = st.builds(
    Weight, words, words, st.integers(0, 6), st.lists(words, max_size=3).map(tuple), st.floats(0.001, 9)
)
pairs = st.lists(st.tuples(words, words), max_size=2).map(tuple)
mappings = st.builds(
    MappingPlan,
    st.lists(
        st.builds(
            FieldMapping,
            words,
            words,
            pairs,
            st.lists(st.tuples(nodes, node_lists | st.just(())), max_size=2).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
    pairs,
)
measures = st.builds(
    Measure,
    words,
    words,
    words,
    words,
    words,
    st.integers(0, 6),
    st.lists(words).map(tuple),
    words,
    st.lists(st.integers(), max_size=3).map(tuple),
    st.integers(0, 9),
    words,
)
databases = st.builds(
    Database,
    id=names,
    label=words,
    records=st.builds(
        RecordTable,
        words,
        words,
        words,
        st.none() | words,
        st.none() | words,
        st.none() | st.builds(Claim, words, words, words),
    ),
    calendar=st.builds(Calendar, st.sampled_from(Frequency), words),
    fields=st.lists(fields, min_size=1, max_size=3).map(tuple),
    measures=st.lists(measures, max_size=2).map(tuple),
    annotations=st.lists(
        st.builds(Annotation, words, words, st.lists(st.tuples(words, st.none() | words), max_size=3).map(tuple)),
        max_size=2,
    ).map(tuple),
    tables=st.lists(st.builds(ReadyTable, words, words, queries(), words), max_size=2).map(tuple),
    folder=st.lists(words, max_size=2).map(tuple),
    description=words,
    family=words,
    policy=words,
    licence=words,
    contact=st.builds(Contact, words, words),
    methodology=words,
    quality=words,
    next_release=words,
    provisional=st.lists(words, max_size=2).map(tuple),
    mapping=mappings,
    source=words,
    synthetic=st.booleans(),
    protection=protections,
    weight=st.none() | weights,
    impossible=st.lists(
        st.builds(Impossible, st.lists(st.tuples(words, node_lists), max_size=2).map(tuple), words), max_size=2
    ).map(tuple),
)


@given(database=databases)
def test_a_stored_database_comes_back_equal(database):
    """Storing and loading changes nothing, whatever the database holds."""
    text = definitions.dumps(database)
    assert definitions.loads(text) == database
    assert definitions.dumps(definitions.loads(text)) == text


@given(classification=classifications())
def test_the_difference_of_nested_official_nodes_is_a_union_of_official_nodes(classification):
    """Decisions page D2 holds by construction: whatever remains of a node without a node in it is made of leaves,
    and every leaf is itself a published code.
    """
    members = {node: frozenset(positions) for node, positions in classification.members.items()}
    for outer in members.values():
        for inner in members.values():
            if inner < outer:
                inside = [other for other in members.values() if other <= outer - inner]
                assert frozenset().union(*inside) == outer - inner
