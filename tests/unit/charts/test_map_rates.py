"""Rates on maps: written so that they can be told apart."""

import numpy as np
import pytest
from cubes import cube, dimension, measure

from statlas.charts.maps import Denominator, MapChoice, areas_of

CODES = ("a", "b", "c", "d")


@pytest.mark.parametrize(
    ("residents", "texts"),
    [
        (1_000, ["10.0", "20.0", "31.0", "40.0"]),
        (10_000, ["1.00", "2.00", "3.10", "4.00"]),
        (100_000, ["0.100", "0.200", "0.310", "0.400"]),
    ],
)
def test_rates_have_the_decimals_that_tell_them_apart(residents, texts):
    """One decimal from ten in a thousand on, two from one, else three: in a whole map the same."""
    made = cube((dimension("area", CODES),), measure(np.array([10, 20, 31, 40])))
    sizes = {item.nodes[0].code: float(residents) for item in made.dimensions[0].items}
    areas = areas_of(made, MapChoice("area", per="persons"), Denominator("persons", sizes))
    assert [area.text for area in areas] == texts
