"""JSON-stat read by the toolkit of its author, in JavaScript."""

from __future__ import annotations

import json
import subprocess

import numpy as np
import pytest
from cubes import ABSENT, LOW, SECRET, SHOWN, ZERO, cube, dimension, measure

from statlas import formats
from statlas.model.query import Role

READ = """
const JSONstat = require(process.argv[1]);
const found = JSONstat(JSON.parse(require("fs").readFileSync(0, "utf8")));
const cells = found.Data().map(({ value, status }) => [value, status]);
const dimensions = found.id.map((id) => {
  const one = found.Dimension(id);
  return { id, role: one.role, label: one.label, items: one.id.map((code) => one.Category(code).label) };
});
console.log(JSON.stringify({ class: found.class, n: found.n, label: found.label, cells, dimensions }));
"""


@pytest.fixture(scope="module")
def toolkit(root, require_program):
    """``toolkit(text)``: what the toolkit finds in a dataset."""
    node = require_program("node", str(root / ".venv/bin/node"), how="apt-get install nodejs")
    package = root / "node_modules/jsonstat-toolkit"
    if not package.is_dir():
        pytest.skip("jsonstat-toolkit is not installed | make setup")

    def read(text: bytes):
        command = [node, "-e", READ, str(package / "main.cjs")]
        return json.loads(subprocess.run(command, input=text, capture_output=True, check=True, timeout=60).stdout)

    return read


def test_the_toolkit_finds_every_cell_with_its_status(toolkit):
    """Values, statuses, roles and labels, in the order of the cube with the measures last."""
    status = np.array([[[SHOWN, LOW], [SECRET, ZERO], [ABSENT, SHOWN]]])
    sides = [
        dimension("month", ["202512"], role=Role.WAFERS, is_date=True),
        dimension("area", ["n", "s+w"], total=True),
        dimension("sex", ["f", "m"], role=Role.COLUMNS),
    ]
    sides[1] = type(sides[1])(**{**vars(sides[1]), "is_geography": True})
    counts = measure(np.arange(6).reshape(1, 3, 2) + 7, status)
    mean = measure(np.arange(6).reshape(1, 3, 2) / 8, status, id_="PAY:MEAN", statistic="MEAN", precision=3)
    found = toolkit(b"".join(formats.write(cube(sides, counts, mean), "json-stat")))
    assert (found["class"], found["n"], found["label"]) == ("dataset", 12, "Persons and mean of pay by area and sex")
    assert found["cells"] == [
        *([7, None], [0, None], [None, "low"], [None, "low"]),
        *([None, "c"], [None, "c"], [0, "z"], [0, "z"]),
        *([None, "x"], [None, "x"], [12, None], [0.625, None]),
    ]
    assert [(one["id"], one["role"]) for one in found["dimensions"]] == [
        ("month", "time"),
        ("area", "geo"),
        ("sex", "classification"),
        ("measure", "metric"),
    ]
    assert found["dimensions"][1]["items"] == ["Area n", "Area s+w", "Total"]
