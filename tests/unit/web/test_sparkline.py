"""The small line beside a number."""

import pytest

from statlas.web.sparkline import HEIGHT, drawn

ENDS = ("2020", "2025")


def test_a_line_goes_through_its_numbers_above_zero():
    """Left to right, the highest at the top, half of it half way, zero at the ground."""
    line = drawn([0, 50, 100], "words", ENDS)
    assert line.paths == ("M4.0 24.0L48.0 14.0", "M48.0 14.0L92.0 4.0")
    assert line.last == ("92.0", "4.0")
    assert (line.text, line.begins, line.ends) == ("words", "2020", "2025")


def test_a_missing_number_leaves_a_gap():
    """Nothing is drawn across it; a number alone is a point."""
    line = drawn([10, None, 10, 10], "", ENDS)
    assert len(line.paths) == 1
    assert line.points == (("4.0", "4.0"),)


@pytest.mark.parametrize("values", [[], [1, 2], [None, None, None, 1], [1, 2, 3, None]])
def test_too_little_is_no_line(values):
    """Fewer than three numbers, or none at its end."""
    assert drawn(values, "", ENDS) is None


def test_zeros_lie_on_the_ground():
    """And nothing divides by zero."""
    assert drawn([0, 0, 0], "", ENDS).last[1] == f"{HEIGHT - 4:.1f}"
