"""Words that are nearly a word: how far apart two are, and by which pieces candidates are found."""

from __future__ import annotations

MOST_ERRORS = 2
"""Letters wrong at most in a long word; one in a word of less than ``LONG`` letters, none in a short one."""

SHORT, LONG = 4, 7


def errors_allowed(word: str) -> int:
    """How many letters of a word may be wrong for it to be taken for another; none where it has digits."""
    if not word.isalpha() or len(word) < SHORT:
        return 0
    return 1 if len(word) < LONG else MOST_ERRORS


def pieces(word: str) -> tuple[str, ...]:
    """Every two neighbouring letters of a word, its ends marked; each once."""
    marked = f"^{word}$"
    return tuple(dict.fromkeys(marked[n : n + 2] for n in range(len(marked) - 1)))


def distance(one: str, other: str) -> int:
    """How many letters must be changed, added, left out or swapped with their neighbour to make one word of the other.

    Source: Damerau (1964), in the form of optimal string alignment.
    """
    before: list[int] = []
    last = [*range(len(other) + 1)]
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, there in enumerate(other, start=1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != there))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == there:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    found: int = last[-1]
    return found
