"""What a release changed, in sentences."""

from itertools import product

from statlas.model.change import Bump, Change, Changed, ChangeKind
from statlas.model.change_words import MOST_NAMED, said
from statlas.model.classification import Classification, Code, Valueset
from statlas.model.database import Database, Field, FieldKind, RecordTable
from statlas.model.derivation import Column
from statlas.model.period import Calendar

LEVEL = Valueset("L", "Town", (Code("A", "Aston"),))
DATABASE = Database(
    "d",
    "Rents",
    RecordTable("T", "Things", "thing"),
    Calendar(),
    (
        Field("DATE", "Month", "T", Classification((Valueset("C", "Month", ()),)), Column("m"), FieldKind.DATE),
        Field("AREA", "Area", "T", Classification((LEVEL,)), Column("a")),
    ),
)


def code(kind, name, level=Bump.MINOR, before="", after=""):
    """A change of a code of the area."""
    return Change(kind, level, Changed.CODE, ("AREA", "L", name), before, after)


def texts(*changes):
    """The sentences on some changes."""
    return [one.text for one in said(DATABASE, changes)]


def test_like_changes_of_one_field_stand_in_one_sentence():
    """Three towns that came are one sentence, with their names."""
    found = [code(ChangeKind.ADDED, name, after=name * 3) for name in "XYZ"]
    assert texts(*found) == ["3 new categories of Area: XXX, YYY and ZZZ."]


def test_of_many_the_first_are_named():
    """Nobody reads three hundred names."""
    found = [code(ChangeKind.REMOVED, str(n), Bump.MAJOR, before=f"Town {n}") for n in range(300)]
    [text] = texts(*found)
    assert text.startswith("300 categories of Area taken away: Town 0, Town 1")
    assert text.endswith(f"and {300 - MOST_NAMED} more.")


def test_what_asks_most_of_users_comes_first():
    """What was taken away, then what was added, then words."""
    found = said(
        DATABASE,
        [
            code(ChangeKind.REMOVED, "B", Bump.MAJOR, before="Bigton"),
            code(ChangeKind.ADDED, "X", after="Xton"),
            Change(ChangeKind.CHANGED, Bump.PATCH, Changed.TEXT, ("description",)),
            Change(ChangeKind.CHANGED, Bump.PATCH, Changed.TEXT, ("AREA", "description")),
        ],
    )
    assert [one.level for one in found] == sorted((one.level for one in found), reverse=True)
    assert [one.text for one in found][-2:] == ["Texts about Rents were changed.", "Texts about Area were changed."]


def test_every_kind_of_change_has_its_sentence():
    """No change is passed over in silence, and none tells a name in braces, wherever it is."""
    paths = ((), ("AREA",), ("AREA", "L"), ("AREA", "L", "A"), ("AREA", "L", "A", "parents"))
    for what, kind, where in product(Changed, ChangeKind, paths):
        [text] = texts(Change(kind, Bump.MAJOR, what, where, "before", "after"))
        assert text.endswith(".")
        assert "{" not in text
