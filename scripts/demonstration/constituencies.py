"""Constituencies: of 2024 as they are, of 2010 and of the Scottish Parliament laid over the invented small areas."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from csv_files import read
from small_areas import Area, Piece, by, cut

NOT_IN_SCOTLAND = ("XXXXXXXXX", "Not in Scotland")
_COUNTRIES = "EWSN"


def names_2024(data: Path) -> dict[str, str]:
    """Name by code of the constituencies of the United Kingdom since July 2024."""
    return {row["code"]: row["name"] for row in read(data / "lookups/constituencies_2024_grid.csv")}


def names_2010(data: Path) -> dict[str, str]:
    """Name by code of those before."""
    return {row["PCON22CD"]: row["PCON22NM"] for row in read(data / "lookups/pcon.csv")}


def of_2024(data: Path, found: Iterable[Piece]) -> list[tuple[str, str, str]]:
    """Code, name and region: the one in which most of the people live."""
    called = names_2024(data)
    most: Counter[tuple[str, str]] = Counter()
    for piece in found:
        most[piece.constituency, piece.region] += piece.people
    region = {pcon: reg for (pcon, reg), _ in reversed(most.most_common())}
    return [(code, called[code], region[code]) for code in sorted(region, key=_by_country)]


def _by_country(code: str) -> tuple[int, str]:
    return _COUNTRIES.index(code[0]), code


def lay_2010(data: Path, by_hand: Path, areas: Sequence[Area]) -> None:
    """Say of each area in which constituency of 2010 it lies.

    Where a constituency of 2024 has the name of an older one, it is taken for it; the others are cut by hand.
    """
    shares = _shares(data, by_hand)
    for constituency, run in by(areas, lambda area: area.constituency).items():
        cut(run, shares[constituency], "constituency_2010")


def _shares(data: Path, by_hand: Path) -> dict[str, list[tuple[str, float]]]:
    """By code of 2024 the codes of 2010 and their shares."""
    new = {_words(name): code for code, name in names_2024(data).items()}
    old = {(code[0], _words(name)): code for code, name in names_2010(data).items()}
    found: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for row in read(by_hand / "constituencies_2010.csv"):
        code = new[_words(row["constituency_2024"])]
        found[code].append((old[code[0], _words(row["constituency_2010"])], float(row["share"])))
    for words, code in new.items():
        if code not in found:
            found[code].append((old[code[0], words], 1.0))
    return found


def _words(name: str) -> frozenset[str]:
    """What a name says, whatever its order, accents and little words: *North Swindon* is *Swindon North*."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return frozenset(re.findall("[a-z]+", plain)) - {"and", "the", "of", "upon", "on"}


def of_2010(data: Path, areas: Iterable[Area], region: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Code, name and region of the constituencies of 2010 in which areas lie."""
    lies_in = {area.of["constituency_2010"]: region[area.authority] for area in areas}
    called = names_2010(data)
    return [(code, called[code], lies_in[code]) for code in sorted(lies_in, key=_by_country)]


def lay_scottish(by_hand: Path, areas: Sequence[Area], called: Mapping[str, str]) -> list[tuple[str, str]]:
    """Say of each area in which constituency of the Scottish Parliament it lies; code and name of all of them."""
    rows = read(by_hand / "scottish_constituencies.csv")
    shares: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for row in rows:
        for part in row["authorities"].split("|"):
            authority, share = part.split(":")
            shares[authority].append((row["code"], float(share)))
    for authority, run in by(areas, lambda area: called[area.authority]).items():
        cut(run, shares.get(authority, [(NOT_IN_SCOTLAND[0], 1.0)]), "scottish_constituency")
    return [*((row["code"], row["name"]) for row in rows), NOT_IN_SCOTLAND]
