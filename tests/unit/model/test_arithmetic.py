"""Formulas as text: what is read, what is refused and where; hostile text first."""

from __future__ import annotations

import ast
import contextlib
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statlas.errors import QueryError
from statlas.model.arithmetic import MAX_DEPTH, MAX_LENGTH, Apply, Arithmetic, Name, Number, parse

HOSTILE = {
    "attribute": ("{a}.__class__", 4),
    "attribute of a number": ("1.real + {a}", 3),
    "a call": ("__import__('os').system('true') + {a}", 1),
    "a name without braces": ("a + {a}", 1),
    "a power": ("{a} ** 99999999", 6),
    "another power": ("9^9^9^9 * {a}", 2),
    "a shift": ("1 << 99 + {a}", 3),
    "an exponent": ("1e999 * {a}", 2),
    "a number without end": ("9" * 400 + "*{a}", 1),
    "NUL": ("{a}\0", 4),
    "a digit that is not ASCII": ("٣ * {a}", 1),
    "a minus that is not ASCII": ("{a} \N{MINUS SIGN} 1", 5),
    "a letter that is not ASCII": ("mіn({a}, 1)", 1),
    "a comparison": ("{a} < 1", 5),
    "a string": ("'x' + {a}", 1),
    "a list": ("[{a}]", 1),
    "a statement": ("{a}; import os", 4),
    "a lambda": ("lambda: {a}", 1),
    "braces in braces": ("{{a}}", 1),
    "braces left open": ("{a", 1),
    "empty braces": ("1 + {}", 5),
    "blank braces": ("{ } + 1", 1),
    "brackets left open": ("({a} + 1", 9),
    "brackets closed too often": ("{a})", 4),
    "nothing": ("", 1),
    "blanks": ("  \t\n ", 6),
    "no number named": ("1 + 2", 6),
    "two numbers side by side": ("{a} {b}", 5),
    "a comma outside a function": ("{a}, {b}", 4),
    "min of one": ("min({a})", 1),
    "round to a name": ("round({a}, {b})", 1),
    "round to less than none": ("round({a}, -1)", 1),
    "round to a fraction": ("round({a}, 1.5)", 1),
    "deep brackets": ("(" * 900 + "{a}" + ")" * 900, MAX_DEPTH + 1),
    "deep signs": ("-" * 900 + "{a}", MAX_DEPTH + 1),
    "deep functions": ("min(1," * 200 + "{a}" + ")" * 200, 6 * MAX_DEPTH - 1),
    "long text": ("{a}" + "+{a}" * MAX_LENGTH, MAX_LENGTH + 1),
}


@pytest.mark.parametrize(("text", "position"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_arithmetic_is_refused_where_it_stops_being_some(text, position):
    """The error names the character, says how to mend it, and is short however long the text is."""
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert caught.value.facts["position"] == position
    assert f"at character {position}:" in str(caught.value)
    assert caught.value.mend
    assert len(str(caught.value)) < 300


@given(st.text(alphabet=st.sampled_from("{}ab12.+-*/(),% \0roundmix"), max_size=60))
def test_any_text_is_read_or_refused(text):
    """No text raises anything but a query error."""
    with contextlib.suppress(QueryError):
        assert isinstance(parse(text), Arithmetic)


def test_steps_work_from_left_to_right_and_products_first():
    """``{b} / ({a} + {b}) * 100`` pushes, adds, divides, multiplies."""
    assert parse("{b} / ({a} + {b}) * 100").steps == (
        Name("b"),
        Name("a"),
        Name("b"),
        Apply("+", 2),
        Apply("/", 2),
        Number(100.0),
        Apply("*", 2),
    )


def test_names_may_hold_anything_but_braces():
    """Codes with signs, labels with blanks and measures with colons are names; blanks around them are not."""
    names = ("LAHBAMT:SUM", "25 to 34", "a-b*c", "Ynys Môn", "c(1)")
    assert parse(" + ".join(f"{{ {name} }}" for name in names)).names == names


def test_a_name_used_twice_is_one_name():
    """Names come once each, in order."""
    assert parse("{b} / ({a} + {b})").names == ("b", "a")


def test_a_long_formula_is_read_without_recursion():
    """As many sums as the text has room for."""
    assert len(parse("{a}" + "+{a}" * 400).steps) == 801


numbers = st.sampled_from(["1", "2.5", ".5", "3.", "100", "{a}", "{b}", "{c}"])
formulas = st.recursive(
    numbers,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(" ".join),
        inner.map("({})".format),
        inner.map("-({})".format),
        st.tuples(inner, inner).map(lambda two: "min({}, {})".format(*two)),
        st.tuples(inner, inner).map(lambda two: "max({}, {})".format(*two)),
    ),
    max_leaves=12,
)
VALUES = {"a": 3.0, "b": -7.5, "c": 11.0}


def run(arithmetic: Arithmetic) -> float:
    """The steps on a stack, one by one."""
    stack: list[float] = []
    for step in arithmetic.steps:
        match step:
            case Name(name):
                stack.append(VALUES[name])
            case Number(value):
                stack.append(value)
            case Apply("negative"):
                stack.append(-stack.pop())
            case Apply(operation, n):
                *stack, x, y = stack
                assert n == 2
                stack.append({"+": x + y, "-": x - y, "*": x * y, "min": min(x, y), "max": max(x, y)}[operation])
    [found] = stack
    return found


@given(formulas.filter(lambda text: "{" in text and "/" not in text))
def test_steps_mean_what_python_means(text):
    """Python, with the names replaced by their numbers, comes to the same."""
    python = re.sub(r"\{(.)\}", lambda found: f"({VALUES[found[1]]})", text)
    ast.parse(python, mode="eval")
    expected = eval(python, {"min": min, "max": max, "__builtins__": {}})  # made by this test
    assert math.isclose(run(parse(text)), expected, rel_tol=1e-12, abs_tol=1e-9)
