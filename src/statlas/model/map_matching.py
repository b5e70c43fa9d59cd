"""The codes of a field that are gone, each with what it may be now."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property, partial
from typing import TypeVar

from statlas.model import map_names
from statlas.model.classification import Node, folded
from statlas.model.database import Field
from statlas.model.members import Members, members
from statlas.model.words import listed
from statlas.wording import _, later


class Confidence(IntEnum):
    """How sure a line of a proposal is; the larger, the surer.

    NONE: nothing was found. GUESS: to be looked at one by one. LIKELY: names agree, which places of another extent may
    too. SURE: the definitions or the publisher's own list say it.
    """

    NONE = 0
    GUESS = 1
    LIKELY = 2
    SURE = 3

    @property
    def word(self) -> str:
        """In words."""
        return _(_WORDS[self])


_WORDS = {
    Confidence.NONE: later("cannot"),
    Confidence.GUESS: later("guess"),
    Confidence.LIKELY: later("likely"),
    Confidence.SURE: later("sure"),
}

Found = tuple[tuple[Node, ...], Confidence, str]
"""What a code is now, how sure that is, and why."""

Line = tuple[Node, str, tuple[Node, ...], Confidence, str]
"""A code that is gone and its label, and what was found."""


@dataclass(frozen=True)
class Matching:
    """The codes of a field before and now.

    renamed: former and new ids of levels. successors: as ``propose`` has them.
    """

    then: Field
    now: Field
    renamed: Mapping[str, str]
    successors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def lines(self) -> Iterator[Line]:
        """Every code that is gone, in the order of the definition, with what was found."""
        asked: tuple[Callable[[Node], Found | None], ...]
        asked = (self._succeeded, self._made_of, self._elsewhere, self._named, self._bounded)
        found = {node: _first(asked, node) for node in self.gone}
        self._guess(found)
        for node, line in found.items():
            yield (node, self._then(node), *(line or ((), Confidence.NONE, _("nothing like it was found"))))

    @cached_property
    def gone(self) -> tuple[Node, ...]:
        """Nodes of before that are not there now."""
        return tuple(node for node in self.then.classification.nodes if self._at(node) not in self._there)

    @cached_property
    def new(self) -> tuple[Node, ...]:
        """Nodes of now that were not there before."""
        before = {self._at(node) for node in self.then.classification.nodes}
        return tuple(node for node in self.now.classification.nodes if node not in before)

    # --- what is asked ------------------------------------------------------------------------------------------------

    def _succeeded(self, node: Node) -> Found | None:
        """By the publisher's own list."""
        if node.code not in self.successors:
            return None
        codes = self._followed(node.code)
        if codes is None:
            return None
        found = tuple(dict.fromkeys(self._at_best(node, code) for code in codes))
        said = _("the list of successors names it") if found else _("the list of successors says that it ended")
        return found, Confidence.SURE, said

    def _followed(self, code: str) -> tuple[str, ...] | None:
        """The codes of today that a code leads to; None where some of it leads to what this field does not have."""
        todo, seen, found, ended = [code], {code}, list[str](), False
        while todo:
            last = todo.pop(0)
            following = self.successors.get(last)
            if following is None or last in following:
                return None
            ended = ended or not following
            found += [one for one in following if one in self._by_code]
            todo += [one for one in following if one not in self._by_code and one not in seen]
            seen.update(following)
        return tuple(dict.fromkeys(found)) if found or ended else None  # a circle leads nowhere

    def _made_of(self, node: Node) -> Found | None:
        """By what the definitions say that it is made of."""
        whole = self._members[0].get(node, frozenset())
        now, index = self._members[1], self._made[self._level(node)]
        if not whole or any(part not in index for part in whole):
            return None
        found = tuple(dict.fromkeys(one for part in sorted(whole, key=str) for one in index[part]))
        inside = [one for one in found if now[one] <= whole]
        if len(inside) == len(found):
            said = _("made of the same") if len(found) == 1 else _("they are made of what it was made of")
            return self._in_order(found), Confidence.SURE, said
        if len(found) == 1:
            return found, Confidence.SURE, _("what it was made of lies in it")
        labels = listed(self._now(one) for one in self._in_order(found))
        return (), Confidence.NONE, _("its parts lie in {labels}, with others").format(labels=labels)

    def _elsewhere(self, node: Node) -> Found | None:
        """The same code at another level: the same thing where the name is the same."""
        found = self._by_code.get(node.code, [])
        if len(found) != 1:
            return None
        if folded(self._now(found[0])) == folded(self._then(node)):
            return (found[0],), Confidence.SURE, _("the same code and name at another level")
        return None

    def _named(self, node: Node) -> Found | None:
        """By its name, which nothing else has, or nothing else under the same parent."""
        for n_parents, said in enumerate((_("the same name"), _("the same name under the same parent"))):
            key = (node.valueset, *_name(self.then, node, n_parents))
            found = self._new_by_name.get((self._level(node), *key[1:]), [])
            if len(found) == 1 and len(self._gone_by_name[key]) == 1:
                return (found[0],), Confidence.LIKELY, said
        return None

    def _bounded(self, node: Node) -> Found | None:
        """By bounds in names: wider bands that former ones fill, or narrower ones that fill it."""
        mine = map_names.span(self._then(node))
        if mine is None:
            return None
        level = self._level(node)
        inside = {one: s for one, s in self._new_spans.get(level, {}).items() if mine[0] <= s[0] and s[1] <= mine[1]}
        if inside and map_names.tile(mine, inside.values()):
            return self._in_order(tuple(inside)), Confidence.LIKELY, _("their bounds fill its own")
        for one, wide in self._new_spans.get(level, {}).items():
            filling = [s for s in self._spans_then.get(level, ()) if wide[0] <= s[0] and s[1] <= wide[1]]
            if mine in filling and map_names.tile(wide, filling):
                return (one,), Confidence.LIKELY, _("its bounds are filled by this one and others")
        return None

    # --- guesses ------------------------------------------------------------------------------------------------------

    def _guess(self, found: dict[Node, Found | None]) -> None:
        """Fill in by names what nothing else knows, with new codes that nothing else leads to."""
        taken = {one for line in found.values() if line for one in line[0]}
        left = [node for node, line in found.items() if line is None]
        new = [one for one in self.new if one not in taken]
        if len(left) * len(new) > map_names.MOST_PAIRS:
            return
        names = {folded(self._then(node)) for node in left}
        for node in left:
            free = [one for one in new if self._level(node) in ("", one.valueset)]
            found[node] = self._put_together(node, free, names) or self._near(node, free)

    def _put_together(self, node: Node, free: Sequence[Node], names: set[str]) -> Found | None:
        name = folded(self._then(node))
        joined = [one for one in free if name in (of := map_names.parts(self._now(one))) and names.issuperset(of)]
        if len(joined) == 1:
            return (joined[0],), Confidence.GUESS, _("its name is put together of theirs")
        bearing = [one for one in free if map_names.bears(self._now(one), name)]
        if len(bearing) > 1:
            return tuple(bearing), Confidence.GUESS, _("their names have its own")
        return None

    def _near(self, node: Node, free: Sequence[Node]) -> Found | None:
        place = map_names.nearest(self._then(node), [self._now(one) for one in free])
        return None if place is None else ((free[place],), Confidence.GUESS, _("nearly the same name"))

    # --- the two fields -----------------------------------------------------------------------------------------------

    def _at(self, node: Node) -> Node:
        return Node(self.renamed.get(node.valueset, node.valueset), node.code)

    def _level(self, node: Node) -> str:
        """The level that a node is looked for at; empty for all where its own is gone."""
        level = self._at(node).valueset
        return level if level in self.now.classification else ""

    def _at_best(self, node: Node, code: str) -> Node:
        """The node of a code, at the level of another where it is there."""
        there = self._by_code[code]
        return next((one for one in there if one.valueset == self._level(node)), there[0])

    def _then(self, node: Node) -> str:
        return self.then.classification.code(node).label

    def _now(self, node: Node) -> str:
        return self.now.classification.code(node).label

    def _in_order(self, nodes: Sequence[Node]) -> tuple[Node, ...]:
        return tuple(sorted(nodes, key=self.now.classification.positions.__getitem__))

    @cached_property
    def _there(self) -> frozenset[Node]:
        return frozenset(self.now.classification.nodes)

    @cached_property
    def _by_code(self) -> dict[str, list[Node]]:
        return _grouped(self.now.classification.nodes, lambda node: node.code)

    @cached_property
    def _gone_by_name(self) -> dict[Hashable, list[Node]]:
        made: dict[Hashable, list[Node]] = {}
        for n in (0, 1):
            made |= _grouped(self.gone, partial(_level_and_name, self.then, n))
        return made

    @cached_property
    def _new_by_name(self) -> dict[Hashable, list[Node]]:
        """By level, and "" for all, and by name."""
        made: dict[Hashable, list[Node]] = {}
        for n in (0, 1):
            made |= _grouped(self.new, partial(_level_and_name, self.now, n))
            made |= _grouped(self.new, partial(_name_alone, self.now, n))
        return made

    @cached_property
    def _new_spans(self) -> dict[str, dict[Node, map_names.Span]]:
        """By level, and "" for all."""
        made: dict[str, dict[Node, map_names.Span]] = {"": {}}
        for node in self.new:
            if found := map_names.span(self._now(node)):
                made.setdefault(node.valueset, {})[node] = made[""][node] = found
        return made

    @cached_property
    def _spans_then(self) -> dict[str, list[map_names.Span]]:
        """By the level that they are looked for at."""
        made: dict[str, list[map_names.Span]] = {}
        for node in self.then.classification.nodes:
            if found := map_names.span(self._then(node)):
                made.setdefault(self._level(node), []).append(found)
        return made

    @cached_property
    def _members(self) -> tuple[Members, Members]:
        return members(self.then, self.now)

    @cached_property
    def _made(self) -> dict[str, dict[object, list[Node]]]:
        """By level, and "" for all, the nodes of now that each part lies in."""
        made: dict[str, dict[object, list[Node]]] = {level.id: {} for level in self.now.classification}
        made[""] = {}
        for node, parts in self._members[1].items():
            for part in parts:
                made[node.valueset].setdefault(part, []).append(node)
        return made


def _first(asked: Sequence[Callable[[Node], Found | None]], node: Node) -> Found | None:
    return next((found for one in asked if (found := one(node)) is not None), None)


def _name(of: Field, node: Node, n_parents: int) -> tuple[str, ...]:
    """The name of a node, and of as many parents."""
    code = of.classification.code(node)
    above = [of.classification.code(parent).label for parent in code.parents[:n_parents]]
    return (folded(code.label), *(folded(one) for one in above), *[""] * (n_parents - len(above)))


_Key = TypeVar("_Key", bound=Hashable)


def _level_and_name(of: Field, n_parents: int, node: Node) -> Hashable:
    return (node.valueset, *_name(of, node, n_parents))


def _name_alone(of: Field, n_parents: int, node: Node) -> Hashable:
    return ("", *_name(of, node, n_parents))


def _grouped(nodes: Iterable[Node], key: Callable[[Node], _Key]) -> dict[_Key, list[Node]]:
    made: dict[_Key, list[Node]] = {}
    for node in nodes:
        made.setdefault(key(node), []).append(node)
    return made
