"""Numbers, dates, lists and notes as people read them; every sentence about protection stands here.

Symbols are those of the Government Statistical Service, in square brackets.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from statlas.wording import ENGLISH, PSEUDO, _, language, later

_SHORTHAND = frozenset({"b", "c", "d", "e", "f", "k", "low", "ns", "p", "r", "u", "w", "x", "z"})


def number(value: float, precision: int = 0) -> str:
    """A number with thousands in commas: ``1,234,567`` or, with a precision of 2, ``1,234.50``."""
    return f"{value:,.{precision}f}"


def plural(n: int, one: str, many: str = "") -> str:
    """``1 row``, ``2,000 rows``; ``many`` for words that do not take an s."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def plural_of(unit: str) -> str:
    """The word for several units: *claimants*, *families*, *people*."""
    irregular = {"person": "people", "child": "children"}
    if unit in irregular:
        return irregular[unit]
    return f"{unit[:-1]}ies" if unit.endswith("y") and unit[-2:-1] not in "aeiou" else f"{unit}s"


def listed(words: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *most, last = [*words] or [""]
    return _("{most} and {last}").format(most=", ".join(most), last=last) if most else last


def day(instant: str) -> str:
    """An ISO 8601 instant as a day: ``2025-11-18T09:30:00Z`` is *18 November 2025*; other text stays as it is."""
    try:
        found = datetime.fromisoformat(instant)
    except ValueError:
        return instant
    if language() in (ENGLISH, PSEUDO):
        return _("{day} {month} {year}").format(day=found.day, month=_(_MONTHS[found.month - 1]), year=found.year)
    return _day_abroad(found, language())


def day_of_year(instant: datetime) -> str:
    """The day of an instant where its year stands beside it: *18 November*."""
    if language() in (ENGLISH, PSEUDO):
        return _("{day} {month}").format(day=instant.day, month=_(_MONTHS[instant.month - 1]))
    return _day_abroad(instant, language(), "d MMMM")


def month(instant: datetime) -> str:
    """The month of an instant: *November 2025*."""
    if language() in (ENGLISH, PSEUDO):
        return _("{month} {year}").format(month=_(_MONTHS[instant.month - 1]), year=instant.year)
    return _day_abroad(instant, language(), "MMMM y")


@lru_cache(maxsize=256)
def _day_abroad(day: datetime, spoken: str, form: str = "d MMMM y") -> str:
    """A day as the people of a language write it: *18 Tachwedd 2025*."""
    from babel.dates import format_date  # noqa: PLC0415 - English is spoken without it

    return format_date(day.date(), form, locale=spoken.replace("-", "_"))


_MONTHS = (
    later("January"),
    later("February"),
    later("March"),
    later("April"),
    later("May"),
    later("June"),
    later("July"),
    later("August"),
    later("September"),
    later("October"),
    later("November"),
    later("December"),
)


def lower_first(label: str) -> str:
    """A label inside a sentence: *Age band* is *age band*; *LA area* and *Family Type* keep their capitals."""
    return label.lower() if label[1:] == label[1:].lower() else label


@dataclass(frozen=True)
class Licence:
    """A licence by its name and, where it is known, its text's address."""

    name: str
    url: str = ""


_LICENCES = {
    "OGL-UK-3.0": Licence(
        "Open Government Licence v3.0", "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
    ),
    "CC-BY-4.0": Licence("Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC0-1.0": Licence("CC0 1.0 Universal", "https://creativecommons.org/publicdomain/zero/1.0/"),
}


def licence(identifier: str) -> Licence:
    """A licence by its SPDX identifier; one we do not know is shown as it is written."""
    return _LICENCES.get(identifier, Licence(identifier))


def note_mark(key: str) -> str:
    """How a note is pointed at: ``[r]`` for the shorthand everybody knows, ``[note IV]`` for the others."""
    return f"[{key}]" if key in _SHORTHAND else _("[note {key}]").format(key=key)


def protection(threshold: int, noise_sd: float, n_min_magnitude: int = 0) -> tuple[str, ...]:
    """How the numbers are protected, in sentences a citizen understands; one sentence under an open policy.

    ``n_min_magnitude`` is the smallest count beside an amount, 0 where a database has no amounts.
    """
    if not threshold and not noise_sd:
        return (_("These numbers are exact: the records behind them are not confidential."),)
    size = _("The standard deviation of the change is {sd}; on average it adds nothing and takes nothing away.")
    low = _("A number below {n} is not shown: [low] stands for fewer than {n}, or none.")
    amounts = _("Sums, means and medians are changed too, and shown only where at least {n} stand behind them.")
    return (
        _("Counts are changed by a small random amount, so that nobody can be found in them."),
        size.format(sd=f"{noise_sd:.1f}"),
        _("Within a release, the same people always give the same number, however you ask."),
        low.format(n=threshold),
        _("Each total is protected on its own, so numbers may not add up to it exactly."),
        *([amounts.format(n=n_min_magnitude)] if n_min_magnitude else []),
    )
