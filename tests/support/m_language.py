"""A reader of the literals of Power Query's language (M language specification, 12.1): enough to judge code by.

It has no runtime outside Excel and Power BI.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""\s*(?: (?P<text>\#?"(?:[^"]|"")*") | (?P<word>[A-Za-z_][A-Za-z0-9_.]*) |
    (?P<number>[0-9]+) | (?P<mark>[][{}(),=]) )""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"#\(([^)]*)\)")
_NAMED = {"lf": "\n", "cr": "\r", "tab": "\t", "#": "#"}
_CLOSING = {"{": "}", "[": "]", "(": ")"}


def tokens(code):
    """The tokens of code as pairs of kind and text; all of it must be tokens."""
    found, at, code = [], 0, code.strip()
    while at < len(code):
        match = _TOKEN.match(code, at)
        assert match, f"no token at {code[at : at + 40]!r}"
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


def text(literal):
    """What a text literal or a quoted identifier says."""
    said = literal.removeprefix("#")[1:-1].replace('""', '"')
    return _ESCAPE.sub(lambda found: _NAMED.get(found[1]) or chr(int(found[1], 16)), said)


def is_balanced(code):
    """Whether every bracket is closed by its like."""
    open_ = []
    for kind, mark in tokens(code):
        if kind == "mark" and mark in _CLOSING:
            open_.append(_CLOSING[mark])
        elif kind == "mark" and mark in _CLOSING.values() and (not open_ or open_.pop() != mark):
            return False
    return not open_


def steps(code):
    """The steps of ``let ... in name`` by name, as lists of tokens; and the name."""
    (_, first), *rest = tokens(code)
    assert first == "let"
    *body, (kind, last), (_, name) = rest
    assert (kind, last) == ("word", "in")
    found = {}
    for (_, step), (_, equals), *part in _split(body):
        assert equals == "="
        found[step] = part
    assert name in found
    return found, name


def _split(body):
    """Tokens between commas that stand in no bracket."""
    part, depth = [], 0
    for kind, said in body:
        depth += (kind, said) in {("mark", "{"), ("mark", "["), ("mark", "(")}
        depth -= (kind, said) in {("mark", "}"), ("mark", "]"), ("mark", ")")}
        if (kind, said) == ("mark", ",") and not depth:
            yield part
            part = []
        else:
            part.append((kind, said))
    yield part


def value(part):
    """Records, lists, texts, numbers, true, false, null and ``type x`` as Python's."""
    found, rest = _value(list(part))
    assert not rest, rest
    return found


def _value(part):
    (kind, said), *rest = part
    match kind, said:
        case "mark", "{":
            return _until("}", rest, _value)
        case "mark", "[":
            members, rest = _until("]", rest, _member)
            return dict(members), rest
        case "text", _:
            return text(said), rest
        case "number", _:
            return int(said), rest
        case "word", "type":
            return f"type {rest[0][1]}", rest[1:]
        case "word", _:
            return {"true": True, "false": False, "null": None}.get(said, said), rest
    raise AssertionError(part)


def _until(closing, rest, read):
    found = []
    while rest[0] != ("mark", closing):
        one, rest = read(rest)
        found.append(one)
        if rest[0] == ("mark", ","):
            rest = rest[1:]
    return found, rest[1:]


def _member(part):
    (kind, name), (_, equals), *rest = part
    assert equals == "="
    one, rest = _value(rest)
    return (text(name) if kind == "text" else name, one), rest
