"""The page where categories of a field are chosen, for the table, for a filter, or for a group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from statlas.definitions import pasted
from statlas.definitions.address import Parameters, node_text
from statlas.errors import QueryError, UnusableNameError
from statlas.model import choosing as choice
from statlas.model.classification import Node
from statlas.web import asking, choosing, choosing_acts, choosing_rows, groups, links
from statlas.web.choosing import Choosing
from statlas.wording import _

_MOST_UNKNOWN = 100
"""Unknown names that are told one by one; arbitrary, what one may read."""


def categories(request: HttpRequest, database_id: str) -> HttpResponse:
    """The categories of a field to choose from, as its address says they are chosen so far."""
    sent = asking.parameters(request)
    database = asking.database_or_current(database_id, dict(sent).get("release", ""))
    try:
        state = choosing.read(database, sent)
    except QueryError:
        # The page of the table explains what is wrong with an address.
        return HttpResponseRedirect(links.table(database_id, _of_table(sent)))
    return _page(request, state, said=_added(dict(sent).get("added", "")))


def choose(request: HttpRequest, database_id: str) -> HttpResponse:
    """What a button of the page does: leads to the page again, or to the table."""
    sent = asking.sent(request)
    database = asking.database_or_current(database_id, dict(sent).get("release", ""))
    try:
        state = choosing_acts.ticked(choosing.read(database, sent), sent)
    except QueryError:
        return HttpResponseRedirect(links.table(database_id, _of_table(sent)))
    act = choosing_acts.pressed(sent)
    if act.word in _WAYS:
        return _to(_WAYS[act.word](state))
    if act.word == "paste":
        return _paste(request, state, act.answers.get("text", ""))
    try:
        return _to(links.choosing(database_id, choosing.parameters(choosing_acts.after(state, act))))
    except QueryError as error:
        return _page(request, state, error=error, name=act.answers.get("name", ""), status=error.http_status)


def _of_table(sent: Parameters) -> Parameters:
    return tuple(one for one in sent if one[0] not in choosing.OWN)


# --- buttons that lead away -------------------------------------------------------------------------------------------


def _show(state: Choosing) -> str:
    return f"{links.table(state.database.id, choosing.table_of(state))}#table"


def _mine(state: Choosing) -> str:
    return links.my_groups(state.database.id, choosing.table_of(state), state.field.id)


def _elsewhere(state: Choosing) -> str:
    taken = groups.with_defined(state.field, (), (*choice.groups(state.chosen), *_later(state)))
    when = tuple(part for part in state.base if part[0] == asking.RELEASE)
    return links.groups_elsewhere(state.database.id, (*taken, *when), state.field.id)


_WAYS: Mapping[str, Callable[[Choosing], str]] = {"show": _show, "mine": _mine, "elsewhere": _elsewhere}


def _later(state: Choosing) -> choice.Choice:
    return groups.defined(state.field, state.base)


def _to(address: str) -> HttpResponse:
    return HttpResponseRedirect(address, status=303)


# --- pasting ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Guess:
    """A category that a pasted text may mean, as a box to tick."""

    number: int
    value: str
    label: str
    hint: str


@dataclass(frozen=True)
class Doubt:
    """A pasted text that names nothing, or several things."""

    text: str
    guesses: tuple[Guess, ...]


@dataclass(frozen=True)
class Report:
    """What came of a pasted list."""

    n_named: int
    n_repeated: int
    unknown: tuple[Doubt, ...]
    ambiguous: tuple[Doubt, ...]
    n_more: int
    listed: str


def _paste(request: HttpRequest, state: Choosing, text: str) -> HttpResponse:
    """Choose what a pasted list names; what it names that is not there is told, with what it is like."""
    if not text.strip():
        error = QueryError(_("Nothing is pasted."), mend=_("Paste codes or names, each on a line of its own."))
        return _page(request, state, error=error, status=error.http_status, is_pasting=True)
    found = pasted.read(state.field, text, state.view.level or state.level)
    state = state.with_ticked(choice.with_list(state.field.classification, state.ticked, found.nodes))
    if found.unknown or found.ambiguous:
        return _page(request, state, report=_report(state, found))
    added = ("added", f"{len(found.nodes)},{found.n_repeated}")
    return _to(links.choosing(state.database.id, (*choosing.parameters(state), added)))


def _report(state: Choosing, found: pasted.Pasted) -> Report:
    unknown = tuple(Doubt(one.text, _guesses(state, one.near)) for one in found.unknown[:_MOST_UNKNOWN])
    ambiguous = tuple(Doubt(one.text, _guesses(state, one.nodes)) for one in found.ambiguous[:_MOST_UNKNOWN])
    nodes = (node for one in (*found.ambiguous[:_MOST_UNKNOWN],) for node in one.nodes)
    near = (node for one in found.unknown[:_MOST_UNKNOWN] for node in one.near)
    n_more = len(found.unknown) + len(found.ambiguous) - len(unknown) - len(ambiguous)
    listed = choosing.nodes_text(dict.fromkeys((*nodes, *near)))
    return Report(len(found.nodes), found.n_repeated, unknown, ambiguous, n_more, listed)


def _guesses(state: Choosing, nodes: tuple[Node, ...]) -> tuple[Guess, ...]:
    classification = state.field.classification
    return tuple(
        Guess(
            classification.positions[node],
            node_text(node),
            classification.code(node).label,
            ", ".join(filter(None, (node.code, _where(state, node), choosing_rows.exists(state.database, code)))),
        )
        for node in nodes
        for code in (classification.code(node),)
    )


def _where(state: Choosing, node: Node) -> str:
    classification = state.field.classification
    labels = [classification[node.valueset].label, *(classification.code(p).label for p in classification.above[node])]
    return ", ".join(dict.fromkeys(labels))


def _added(text: str) -> str:
    """What is said after a list was pasted of which all was understood."""
    n, is_given, n_repeated = text.partition(",")
    if not (is_given and n.isdecimal() and n_repeated.isdecimal()) or len(text) > 20:  # noqa: PLR2004 - two numbers
        return ""
    said = _("{n:,} categories of the list are chosen.").format(n=int(n))
    again = _("{n:,} were named more than once.").format(n=int(n_repeated)) if int(n_repeated) else ""
    return f"{said} {again}".strip()


# --- the page ---------------------------------------------------------------------------------------------------------


def _page(request: HttpRequest, state: Choosing, *, status: int = 200, **told: Any) -> HttpResponse:
    in_use = choice.groups(state.chosen)
    hidden = links.shortened(choosing.carried(state))
    named = isinstance(told.get("error"), UnusableNameError)
    context = {
        "database": state.database,
        "at": links.at(state.query.release or ""),
        "field": state.field,
        "state": state,
        "view": state.view,
        "under": _label(state, state.view.under),
        "under_value": node_text(state.view.under) if state.view.under else "",
        "listing": choosing_rows.listing(state),
        "has_tree": choosing_rows.has_tree(state.field),
        "levels": choosing_rows.levels(state),
        "n_chosen": len(choice.singles(state.ticked)),
        "n_groups": len(in_use) if state.group is None else 0,
        "whole": state.field.classification[state.view.level or state.level],
        "is_in_order": choice.is_in_order(state.field.classification, state.ticked),
        "groups": [(item.label, _names(state, item.nodes), len(item.nodes)) for item in in_use],
        "later": [(g.label, _names(state, g.nodes), len(g.nodes)) for g in _later(state)],
        "hidden": hidden,
        "action": links.choose(state.database.id),
        "back": links.table(state.database.id, choosing.back(state)),
        "is_date": state.field is state.database.date,
        "name": state.group or "",
        "error": None,
        "error_at": "#name" if named else "#categories",
        "report": None,
        "said": "",
        "is_pasting": False,
    }
    return render(request, "choosing.html", {**context, **told}, status=status)


def _label(state: Choosing, node: Node | None) -> str:
    return state.field.classification.code(node).label if node else ""


def _names(state: Choosing, nodes: tuple[Node, ...]) -> str:
    """The first few categories of a group by name."""
    labels = [state.field.classification.code(node).label for node in nodes[:4]]
    return ", ".join((*labels[:3], "…") if len(nodes) > 3 else labels)  # noqa: PLR2004 - three are told
