"""Saved groups in addresses of tables: which groups an address holds, and the address with a saved one in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

from statlas.definitions.address import AXES, Parameters, escape, field_and_level, node_text, query_string
from statlas.model.classification import Node
from statlas.model.database import Database, Field
from statlas.service.office.groups import Fit, GroupFacts
from statlas.web import asking, links

Codes = tuple[tuple[str, str], ...]
"""Pairs of a code and its label."""

_TABLE = re.compile(r"/databases/[^/]+/table(/categories)?")


def parts_of(back: str) -> tuple[str, Parameters]:
    """The page that an address within this site names, if it is one of tables, and its parts; else nothing of it.

    Raises:
        UnknownNameError: what it says is kept is not, or nothing was public at its moment.
        QueryError: its moment is none.
    """
    try:
        found = urlsplit(back)
    except ValueError:
        return "", ()
    if found.scheme or found.netloc or not _TABLE.fullmatch(found.path):
        return "", ()
    return found.path, asking.read(parse_qsl(found.query), unquote(found.path.split("/")[2]))


def groups_in(field: Field, parameters: Parameters) -> Iterator[tuple[str, Codes]]:
    """What of a field could be saved: each group of the address by its name, and what is chosen one by one, unnamed."""
    single: list[str] = []
    for name, value in parameters:
        if name not in (f"items.{field.id}", f"group.{field.id}"):
            continue
        for item in filter(None, value.split(";")):
            label, is_named, codes = item.rpartition("=")
            found = [unquote(code.rpartition(":")[2]) for code in codes.split(",") if code]
            if is_named:
                yield unquote(label), labelled(field, found)
            else:
                single += found
    if single:
        yield "", labelled(field, single)


def labelled(field: Field | None, codes: Iterable[str]) -> Codes:
    """Codes with the labels that a field gives them; their own text where it has none."""
    return tuple((code, _label(field, code)) for code in dict.fromkeys(codes))


def _label(field: Field | None, code: str) -> str:
    if field is not None:
        for valueset in field.classification:
            if code in valueset:
                return valueset[code].label
    return ""


def together(field: Field, parameters: Parameters, group: GroupFacts, fit: Fit) -> Parameters:
    """The parts of an address with the group as one more category, counted together."""
    text = f"{escape(group.name)}={','.join(_texts(field, parameters, fit.nodes))}"
    return _with_items(field, parameters, text, is_added=True)


def apart(field: Field, parameters: Parameters, fit: Fit) -> Parameters:
    """The parts of an address with each category of the group, and no others of the field."""
    return _with_items(field, parameters, ";".join(_texts(field, parameters, fit.nodes)), is_added=False)


def at_hand(field: Field, parameters: Parameters, group: GroupFacts, fit: Fit) -> Parameters:
    """The parts of an address with the group defined, whether or not it stands in the table."""
    text = f"{escape(group.name)}={','.join(_texts(field, (), fit.nodes))}"
    return parameters if (f"group.{field.id}", text) in parameters else (*parameters, (f"group.{field.id}", text))


def address(page: str, parameters: Parameters) -> str:
    """A page with these parts, shortened where they are long."""
    return f"{page}?{query_string(links.shortened(parameters))}"


def new_table(database: Database, field: Field, fit: Fit) -> str:
    """The address of a table of the group alone: its categories in the rows."""
    return links.table(database.id, apart(field, (("rows", escape(field.id)),), fit))


def _with_items(field: Field, parameters: Parameters, text: str, *, is_added: bool) -> Parameters:
    name = f"items.{field.id}"
    before = [value for found, value in parameters if found == name] if is_added else []
    kept = tuple(one for one in parameters if one[0] != name)
    if not any(found in AXES and field_and_level(value)[0] == field.id for found, value in kept):
        kept = (*kept, ("rows", escape(field.id)))
    return (*kept, *((name, value) for value in before if value != text), (name, text))


def _texts(field: Field, parameters: Parameters, nodes: Iterable[Node]) -> Iterator[str]:
    """Nodes as the address spells them: codes alone where they are read at their own level."""
    levels = [field_and_level(v)[1] for n, v in parameters if n in AXES and field_and_level(v)[0] == field.id]
    level = levels[0] if levels else ""
    for node in nodes:
        read_at = level or next(valueset.id for valueset in field.classification if node.code in valueset)
        yield node_text(node, read_at)
