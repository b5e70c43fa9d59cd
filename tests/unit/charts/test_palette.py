"""Colours are told apart by everybody, on a light ground and on a dark one; text fits its lines."""

import itertools

import numpy as np
import pytest

from statlas.charts.lettering import lines_of, width_of
from statlas.charts.palette import DASHES, MOST_SERIES, PALETTES

# Machado, Oliveira and Fernandes (2009), severity 1, on linear light; the first is full colour vision.
_SEEN = {
    "full": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
_CONES = np.array(
    [[0.41222147, 0.53633254, 0.05144599], [0.2119035, 0.68069955, 0.10739696], [0.08830246, 0.28171884, 0.62997870]]
)
_LAB = np.array(
    [[0.21045426, 0.79361779, -0.00407205], [1.9779985, -2.42859221, 0.45059371], [0.02590404, 0.78277177, -0.80867577]]
)


def _linear(colour):
    found = np.array([int(colour[n : n + 2], 16) for n in (1, 3, 5)]) / 255
    return np.where(found <= 0.04045, found / 12.92, ((found + 0.055) / 1.055) ** 2.4)


def _luminance(colour):
    return float(_linear(colour) @ [0.2126, 0.7152, 0.0722])


def _contrast(one, other):
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _oklab(colour, seen):
    light = np.clip(np.array(seen) @ _linear(colour), 0, 1)
    return _LAB @ np.cbrt(_CONES @ light)


@pytest.mark.parametrize("palette", PALETTES.values(), ids=[theme.value for theme in PALETTES])
def test_every_colour_of_a_series_stands_out_from_its_ground(palette):
    """At least 3:1 for shapes, 4.5:1 for text (WCAG 2.2, 1.4.11 and 1.4.3)."""
    assert min(_contrast(colour, palette.ground) for colour in palette.series) >= 3
    assert min(_contrast(colour, palette.ground) for colour in (palette.text, palette.quiet)) >= 4.5


@pytest.mark.parametrize("seen", _SEEN.values(), ids=list(_SEEN))
@pytest.mark.parametrize("palette", PALETTES.values(), ids=[theme.value for theme in PALETTES])
def test_any_two_series_are_told_apart(palette, seen):
    """With every kind of colour vision they lie 0.15 apart in OKLab."""
    pairs = itertools.combinations(palette.series, 2)
    assert min(float(np.linalg.norm(_oklab(a, seen) - _oklab(b, seen))) for a, b in pairs) >= 0.15


def test_there_are_as_many_dashes_as_colours():
    """So that lines are told apart without any."""
    assert len(set(DASHES)) == MOST_SERIES
    assert all(len(palette.series) == MOST_SERIES for palette in PALETTES.values())


def test_the_ramp_goes_one_way():
    """More is darker on a light ground, and lighter on a dark one."""
    for palette in PALETTES.values():
        steps = [_contrast(colour, palette.ground) for colour in palette.ramp]
        assert steps == sorted(steps)


@pytest.mark.parametrize("text", ["Yorkshire and The Humber", "W" * 90, "a b " * 60, "", "£ “quoted” ∑ 漢字 " * 9])
def test_no_line_is_wider_than_it_may_be_and_no_letter_is_lost(text):
    """Long words are broken; what is cut ends with an ellipsis."""
    lines = lines_of(text, 100, 12)
    assert all(width_of(line, 12) <= 100 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    short = lines_of(text, 100, 12, most=2)
    assert len(short) <= 2
    assert len(lines) <= 2 or short[-1].endswith("…")
