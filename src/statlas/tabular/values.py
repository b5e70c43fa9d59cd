"""The SQL by which a column is read and judged; the one place that says what a number, an amount or a date looks like.

The checker and whoever reads a checked column use the same expressions, so nothing passes the check and is then read
otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from statlas.tabular.opening import Table
from statlas.tabular.shape import ColumnShape, Kind

# Figures before the decimal point: a thousand million million is beyond any amount, and fits whatever the scale.
_MOST_FIGURES = 15
_MACHINE_WORD = 18
_WHOLE = r"([0-9]{1,15}|[0-9]{1,3}(,[0-9]{3}){1,4})"
_NUMBER = rf"[+-]?{_WHOLE}(\.[0-9]+)?"
_MONEY = rf"(-?£ ?|£ ?-|[+-]?){_WHOLE}(\.[0-9]+)?"
_REAL = rf"[+-]?{_WHOLE}(\.[0-9]*)?([eE][+-]?[0-9]{{1,2}})?"
_WHOLE_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT")
_FLOATS = ("FLOAT", "DOUBLE")
# A float stands for a whole number (of pence) if it is this close to one: a share of it, for floats are relatively
# exact, and never more than a part of a penny. Single precision holds seven figures.
_NEAR = {"FLOAT": ("1e-7", "0.05"), "DOUBLE": ("1e-9", "0.001")}
_NOT_PLAIN = ("BLOB", "BIT", "STRUCT", "MAP", "UNION", "INTERVAL", "VARIANT", "GEOMETRY")
_BLANKS = r"E' \t\r\n'"

_FORM_PATTERN = {
    "day": r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T]00:00(:00(\.0+)?)?)?|[0-9]{2}/[0-9]{2}/[0-9]{4}",
    "month": r"[0-9]{6}|[0-9]{4}-[0-9]{2}",
    "year": r"[0-9]{4}",
    "financial_year": r"[0-9]{6}|[0-9]{4}[-/][0-9]{2}",
}
_FORM_WORDS = {
    "day": "a day (2025-09-30)",
    "month": "a month (202509)",
    "year": "a year (2025)",
    "financial_year": "a financial year (202526)",
}


@dataclass(frozen=True)
class Judgement:
    """A way in which a value can be wrong: ``condition`` is SQL, true where it is."""

    code: str
    expected: str
    mend: str
    condition: str


def is_plain(name: str, table: Table) -> bool:
    """Whether a column holds single values that can be written as text; a column that is not there does."""
    kind = table.types.get(name, "VARCHAR")
    return not (kind.endswith("]") or kind.startswith(_NOT_PLAIN))


def is_whole(name: str, table: Table) -> bool:
    """Whether a column has a type of whole numbers."""
    return table.types[name] in _WHOLE_NUMBERS


def identifier(name: str) -> str:
    """A name quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """A text quoted for SQL."""
    return "'" + value.replace("'", "''") + "'"


def text(name: str, table: Table) -> str:
    """SQL of a column's value as text without blanks at either end; NULL for a blank.

    Whole numbers lose a decimal point that only a float column gave them (``1.0`` is ``1``).
    """
    column, kind = identifier(name), table.types[name]
    if kind == "VARCHAR":
        return _trimmed(column)
    if is_whole(name, table):
        return f"cast({column} as varchar)"
    if kind in _FLOATS or kind.startswith("DECIMAL"):
        whole = f"{column} = trunc({column}) and abs({column}) < 1e15"
        written = f"case when {whole} then cast(cast({column} as bigint) as varchar) else cast({column} as varchar) end"
        return f"(case when isnan(cast({column} as double)) then null else {written} end)"
    if kind.startswith("TIMESTAMP"):
        return f"strftime({column}, '%Y-%m-%d')"
    return _trimmed(f"cast({column} as varchar)")


def _trimmed(written: str) -> str:
    """SQL of a text without blanks at either end; NULL if nothing is left.

    Trimming a set of characters takes five times as long as seeing that there is nothing to trim.
    """
    ends = " or ".join(f"suffix({written}, {blank})" for blank in ("' '", r"E'\t'", r"E'\r'", r"E'\n'"))
    return (
        f"(case when ascii({written}) <= 32 or {ends} then nullif(trim({written}, {_BLANKS}), '') else {written} end)"
    )


def blank(name: str, table: Table) -> str:
    """SQL that is true where a column's value is blank."""
    return f"({identifier(name) if is_whole(name, table) else text(name, table)} is null)"


def value(shape: ColumnShape, table: Table) -> str:
    """SQL of a column's value as the check reads it; NULL for a blank and for a value that the check would refuse."""
    match shape.kind:
        case Kind.TEXT | Kind.CODE:
            return text(shape.name, table)
        case Kind.INTEGER:
            return _scaled(shape.name, table, 0, _NUMBER)
        case Kind.DECIMAL:
            return _scaled(shape.name, table, shape.scale, _NUMBER)
        case Kind.MONEY:
            return _scaled(shape.name, table, shape.scale, _MONEY)
        case Kind.REAL:
            return _real(shape.name, table)
        case Kind.DATE:
            return _floored(_day(shape, table), shape.floor)


def judgements(shape: ColumnShape, table: Table, allowed: str | None = None) -> Iterator[Judgement]:
    """The ways in which this column's values can be wrong.

    Args:
        allowed: the name of the SQL type that enumerates the allowed codes, for a column of codes.
    """
    read = text(shape.name, table)
    if shape.required:
        yield Judgement("blank", "a value in every row", "Fill the blanks.", f"{read} is null")
    match shape.kind:
        case Kind.CODE if allowed is not None:
            wrong = f"{read} is not null and try_cast({read} as {allowed}) is null"
            yield Judgement("unknown-code", "a code of the list", "Add the code to its list or mend the rows.", wrong)
        case Kind.INTEGER:
            yield from _judge_number(shape, table, 0, _NUMBER, "not-an-integer", "a whole number")
        case Kind.DECIMAL:
            yield from _judge_number(shape, table, shape.scale, _NUMBER, "not-a-number", "a number such as 1234.5")
        case Kind.MONEY:
            yield from _judge_number(shape, table, shape.scale, _MONEY, "not-money", "an amount such as 1234.50")
        case Kind.REAL:
            wrong = f"{read} is not null and {_real(shape.name, table)} is null"
            yield Judgement("not-a-number", "a number such as 1234.5", "Write figures only.", wrong)
        case Kind.DATE:
            words = " or ".join(_FORM_WORDS[form] for form in shape.forms)
            wrong = f"{read} is not null and {_day(shape, table)} is null"
            yield Judgement("not-a-date", words, "Write the date in that form.", wrong)


def _judge_number(
    shape: ColumnShape, table: Table, scale: int, pattern: str, code: str, expected: str
) -> Iterator[Judgement]:
    read, amount = text(shape.name, table), _scaled(shape.name, table, scale, pattern)
    numeric = _is_number(shape.name, table, pattern)
    yield Judgement(code, expected, "Write figures only.", f"{read} is not null and not ({numeric})")
    if scale:
        places = f"at most {scale} decimal place{'s' if scale > 1 else ''}"
        mend = "Round the values, or give the column a higher precision."
    else:
        places, mend = "a whole number", "Round the values."
    wrong = f"{read} is not null and {numeric} and {amount} is null"
    yield Judgement("too-many-decimals" if scale else code, places, mend, wrong)


def _is_number(name: str, table: Table, pattern: str) -> str:
    kind = table.types[name]
    if kind in _WHOLE_NUMBERS or kind.startswith("DECIMAL"):
        return "true"
    if kind in _FLOATS:
        return f"isfinite({identifier(name)}) and abs({identifier(name)}) < 1e15"
    return f"regexp_full_match({text(name, table)}, {literal(pattern)})"


def _scaled(name: str, table: Table, scale: int, pattern: str) -> str:
    """SQL of a BIGINT: the number times ``10**scale``; NULL if it has more decimals or is no number."""
    kind, factor = table.types[name], 10**scale
    if kind in _FLOATS:
        times = f"cast({identifier(name)} as double) * {factor}"
        share, most = _NEAR[kind]
        near = f"abs({times} - round({times})) <= least({most}, abs({times}) * {share}) + 1e-9"
        fits = f"{_is_number(name, table, pattern)} and {near}"
        return f"(case when {fits} then try_cast(round({times}) as bigint) end)"
    if kind in _WHOLE_NUMBERS:
        return f"try_cast(cast({identifier(name)} as hugeint) * {factor} as bigint)"
    read = text(name, table)
    plain = f"regexp_replace(cast({read} as varchar), '[£, +]', '', 'g')"
    numeric = _is_number(name, table, pattern)
    # Most amounts are written plainly; only the others are worth taking signs and separators out of.
    return f"(case when {_exact(read, scale)} when {numeric} then case when {_exact(plain, scale)} end end)"


def _real(name: str, table: Table) -> str:
    """SQL of a DOUBLE; NULL if it is no number."""
    column = identifier(name)
    if table.types[name] == "VARCHAR":
        read = text(name, table)
        numeric = f"regexp_full_match({read}, {literal(_REAL)})"
        return f"(case when {numeric} then try_cast(replace({read}, ',', '') as double) end)"
    return f"(case when {_is_number(name, table, _NUMBER)} then try_cast({column} as double) end)"


def _exact(plain: str, scale: int) -> str:
    """SQL of the end of a CASE: if a text of figures has at most ``scale`` decimals, then its scaled BIGINT.

    A decimal of up to 18 digits is a machine word; parsing a wider one takes a hundred times as long.
    """
    width = 18 if scale <= _MACHINE_WORD - _MOST_FIGURES else 38
    decimals = rf"\.[0-9]{{1,{scale}}}0*" if scale else r"\.0+"
    exact = rf"-?[0-9]{{1,{_MOST_FIGURES}}}({decimals})?"
    number = f"try_cast({plain} as decimal({width}, {scale})) * {10**scale}"
    return f"regexp_full_match({plain}, {literal(exact)}) then try_cast({number} as bigint)"


def _day(shape: ColumnShape, table: Table) -> str:
    """SQL of the DATE that a value names; the first day of a month or year."""
    if table.types[shape.name] == "DATE" or table.types[shape.name].startswith("TIMESTAMP"):
        return f"cast({identifier(shape.name)} as date)"
    read = text(shape.name, table)
    cases = " ".join(
        f"when regexp_full_match({read}, {literal(_FORM_PATTERN[form])}) then {_parse(form, read)}"
        for form in shape.forms
    )
    return f"(case {cases} end)"


def _parse(form: str, read: str) -> str:
    if form == "day":
        iso = f"try_strptime(left({read}, 10), '%Y-%m-%d')"
        return f"cast(case when contains({read}, '/') then try_strptime({read}, '%d/%m/%Y') else {iso} end as date)"
    if form == "month":
        return f"cast(try_strptime(replace({read}, '-', '') || '01', '%Y%m%d') as date)"
    if form == "year":
        return f"cast(try_strptime({read} || '0101', '%Y%m%d') as date)"
    start = f"cast(left({read}, 4) as integer)"
    follows = f"cast(right({read}, 2) as integer) = ({start} + 1) % 100"
    return f"(case when {follows} then make_date({start}, 4, 1) end)"


def _floored(day: str, floor: str) -> str:
    if floor == "day":
        return day
    if floor == "financial_year":
        return f"cast(date_trunc('year', {day} - interval 3 month) + interval 3 month as date)"
    return f"cast(date_trunc({literal(floor)}, {day}) as date)"
