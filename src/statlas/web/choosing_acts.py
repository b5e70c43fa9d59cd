"""What the buttons of the page where categories are chosen do: each gives another state.

A button is ``act=WORD``, or ``act=WORD;PART;PART`` with the parts as an address has them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from statlas.definitions.address import Parameters, field_and_level
from statlas.errors import QueryError, UnusableNameError
from statlas.model import choosing
from statlas.model.classification import Node
from statlas.model.query import Item
from statlas.web import groups
from statlas.web.choosing import Choosing, View, node_of, singles_of
from statlas.web.choosing_rows import first_opened, found
from statlas.wording import _

LONGEST_NAME = 100


@dataclass(frozen=True)
class Pressed:
    """A button that was pressed, with the answers that go with it."""

    word: str
    parts: tuple[str, ...]
    answers: Mapping[str, str]

    def part(self, n: int) -> str:
        """The n-th part; empty where there is none."""
        return self.parts[n] if n < len(self.parts) else ""


def pressed(sent: Parameters) -> Pressed:
    """The button, and what stands in the boxes; a press of Enter is the button whose box was written in."""
    given = dict(sent)
    word, *parts = given.get("act", "").split(";")
    is_as_it_was = given.get("q", "").strip() == given.get("find", "") and given.get("at", "") == given.get("level", "")
    if word == "find" and is_as_it_was and given.get("name", "").strip():
        word = "group" if "group" not in given else "save"
    return Pressed(word, tuple(parts), given)


def ticked(state: Choosing, sent: Parameters) -> Choosing:
    """The state with the boxes as they were ticked when the form was sent."""
    lists = [node for name, text in sent if name == "listed" for node in singles_of(state.field, text)]
    ticks = [node for name, text in sent if name == "tick" and (node := node_of(state.field, text))]
    return state.with_ticked(choosing.ticked(state.field.classification, state.ticked, lists, ticks))


def after(state: Choosing, act: Pressed) -> Choosing:
    """The state after a button was pressed.

    Raises:
        QueryError: there is no such button, or a name that it takes cannot be used.
    """
    done = _ACTS.get(act.word)
    if done is None:
        raise QueryError(_("The page does not know what to do."), mend=_("Use the buttons of the page."))
    return done(state, act)


# --- what is seen -----------------------------------------------------------------------------------------------------


def _find(state: Choosing, act: Pressed) -> Choosing:
    level = act.answers.get("at", "")
    text = " ".join(act.answers.get("q", "").split())
    return replace(state, view=View(level if level in state.field.classification else "", find=text))


def _to_tree(state: Choosing, _act: Pressed) -> Choosing:
    return replace(state, view=View())


def _to_page(state: Choosing, act: Pressed) -> Choosing:
    return replace(state, view=replace(state.view, page=int(act.part(0)) if act.part(0).isdecimal() else 1))


def _open(state: Choosing, act: Pressed) -> Choosing:
    return _opened(state, act, is_open=True)


def _close(state: Choosing, act: Pressed) -> Choosing:
    return _opened(state, act, is_open=False)


def _opened(state: Choosing, act: Pressed, *, is_open: bool) -> Choosing:
    node = node_of(state.field, act.part(0))
    before = state.view.opened if state.view.opened is not None else first_opened(state.field.classification)
    others = tuple(one for one in before if one != node)
    return replace(state, view=View(opened=(*others, node) if is_open and node else others))


def _list(state: Choosing, act: Pressed) -> Choosing:
    return replace(state, view=View(_level(state, act.part(0)), node_of(state.field, act.part(1))))


# --- many at once -----------------------------------------------------------------------------------------------------


def _among(state: Choosing, act: Pressed) -> tuple[Node, ...]:
    """All that a button is about: what lies in a category at a level, or what is found."""
    if not act.parts:
        return found(state.field, state.view)
    return found(state.field, View(_level(state, act.part(0)), node_of(state.field, act.part(1))))


def _level(state: Choosing, text: str) -> str:
    level = field_and_level(f"@{text}")[1]
    return level if level in state.field.classification else ""


def _add(state: Choosing, act: Pressed) -> Choosing:
    return state.with_ticked(choosing.with_nodes(state.field.classification, state.ticked, _among(state, act)))


def _remove(state: Choosing, act: Pressed) -> Choosing:
    return state.with_ticked(choosing.without_nodes(state.ticked, _among(state, act)))


def _invert(state: Choosing, act: Pressed) -> Choosing:
    return state.with_ticked(choosing.inverted(state.field.classification, state.ticked, _among(state, act)))


def _clear(state: Choosing, _act: Pressed) -> Choosing:
    """Nothing chosen; groups are not in the table, but still there."""
    if state.group is not None:
        return replace(state, members=())
    return replace(_defined(state, (*_later(state), *choosing.groups(state.chosen))), chosen=())


def _order(state: Choosing, _act: Pressed) -> Choosing:
    return state.with_ticked(choosing.in_order(state.field.classification, state.ticked))


# --- groups -----------------------------------------------------------------------------------------------------------


def _later(state: Choosing) -> choosing.Choice:
    return groups.defined(state.field, state.base)


def _defined(state: Choosing, later: choosing.Choice) -> Choosing:
    return replace(state, base=groups.with_defined(state.field, state.base, later))


def _in_use(state: Choosing, act: Pressed) -> Item:
    """The group in the table that a button names by its place."""
    return _numbered(choosing.groups(state.chosen), act)


def _numbered(found: choosing.Choice, act: Pressed) -> Item:
    number = act.part(0)
    if not number.isdecimal() or len(number) > 6 or int(number) >= len(found):  # noqa: PLR2004 - no list is so long
        raise QueryError(_("There is no such group."), mend=_("Use the buttons of the page."))
    return found[int(number)]


def _group(state: Choosing, act: Pressed) -> Choosing:
    """The categories ticked counted together under a name."""
    if not choosing.singles(state.chosen):
        raise QueryError(_("No category is ticked."), mend=_("Tick the categories that are counted together."))
    return replace(state, chosen=choosing.together(state.chosen, _new_name(state, act)))


def _new(state: Choosing, _act: Pressed) -> Choosing:
    return replace(state, group="", members=(), view=View())


def _edit(state: Choosing, act: Pressed) -> Choosing:
    group = _in_use(state, act)
    members = tuple(Item((node,)) for node in group.nodes)
    return replace(state, group=group.label or "", members=members, view=View())


def _save(state: Choosing, act: Pressed) -> Choosing:
    """The group that is made or changed, as it is ticked now, and back to the table's categories."""
    nodes = choosing.singles(state.members)
    if not nodes:
        raise QueryError(_("No category is ticked."), mend=_("Tick the categories that are counted together."))
    group = Item(nodes, _new_name(state, act))
    chosen = choosing.with_group(state.chosen, group, state.group or None)
    return replace(state, chosen=chosen, group=None, members=(), view=View())


def _cancel(state: Choosing, _act: Pressed) -> Choosing:
    return replace(state, group=None, members=(), view=View())


def _dissolve(state: Choosing, act: Pressed) -> Choosing:
    group = _in_use(state, act)
    chosen = choosing.dissolved(state.field.classification, state.chosen, group.label or "")
    return replace(state, chosen=chosen)


def _take_out(state: Choosing, act: Pressed) -> Choosing:
    group = _in_use(state, act)
    others = tuple(one for one in _later(state) if one.label != group.label)
    return replace(_defined(state, (*others, group)), chosen=choosing.without_group(state.chosen, group.label or ""))


def _put_in(state: Choosing, act: Pressed) -> Choosing:
    group = _numbered(_later(state), act)
    others = tuple(one for one in _later(state) if one != group)
    return replace(_defined(state, others), chosen=choosing.with_group(state.chosen, group))


def _forget(state: Choosing, act: Pressed) -> Choosing:
    group = _numbered(_later(state), act)
    return _defined(state, tuple(one for one in _later(state) if one != group))


def _new_name(state: Choosing, act: Pressed) -> str:
    name = " ".join(act.answers.get("name", "").split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UnusableNameError(
            _("The name of a group has 1 to {most} characters.").format(most=LONGEST_NAME),
            mend=_("Say what is counted together."),
            name=name[:LONGEST_NAME],
        )
    taken = {item.label for item in (*choosing.groups(state.chosen), *_later(state))} - {state.group}
    if name in taken:
        raise UnusableNameError(
            _("There is a group of that name."), mend=_("Give this one another name, or change that one."), name=name
        )
    return name


_ACTS: Mapping[str, Callable[[Choosing, Pressed], Choosing]] = {
    "find": _find,
    "tree": _to_tree,
    "page": _to_page,
    "open": _open,
    "close": _close,
    "list": _list,
    "add": _add,
    "remove": _remove,
    "invert": _invert,
    "clear": _clear,
    "order": _order,
    "group": _group,
    "new": _new,
    "edit": _edit,
    "save": _save,
    "cancel": _cancel,
    "dissolve": _dissolve,
    "out": _take_out,
    "in": _put_in,
    "forget": _forget,
}
