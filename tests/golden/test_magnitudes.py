"""Our noise of sums against cellKey 1.0.3 with its one-line defect mended, and our tables against ptable 1.0.0.

Source: ../shared/samples/ptable, made offline by the programs that its README names.
The parameters of the runs are not written there; these give every number of every run.
"""

import csv
import math

import numpy as np
import pytest

from statlas.disclosure.compatibility import unit_cell_keys
from statlas.disclosure.magnitude import FlexParameters, flex_noise, magnification
from statlas.disclosure.magnitude_compatibility import mean_noise_by_parity, published_flex, turned_keys
from statlas.disclosure.magnitude_definition import flex_noise_definition
from statlas.disclosure.numeric_generation import make_numeric_ptable
from statlas.disclosure.numeric_ptable import numeric_ptable_from_csv
from statlas.disclosure.presets import amounts_ptable

# D, V and fractions of a step of each numeric table; the ratios whose greatest entropy has the variance V.
TABLES = {
    "all": (10, 3, 2, (5, 10)),
    "small_cells": (5, 1, 5, (3, 5)),
    "even": (8, 1, 2, (5, 8)),
    "odd": (10, 2, 2, (10,)),
}
FLEX_EPSILON = (1, 0.5, 0.2)
# Cells of at most this many contributors were flagged in the runs that flag any.
FLAGGED_UP_TO = 15
N_CELLS = 192
REGIONS = {
    "Total": ("A1", "A2", "A3", "B1", "B2"),
    "A": ("A1", "A2", "A3"),
    "B": ("B1", "B2"),
    **{area: (area,) for area in ("A1", "A2", "A3", "B1", "B2")},
}


@pytest.fixture(scope="session")
def ptable_samples(shared):
    """The folder of reference tables."""
    return shared / "samples" / "ptable"


def rows(path):
    """The rows of a sample file, each a dict of strings."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(folder, name):
    """A numeric reference table."""
    D, V, grain, _ = TABLES[name]
    text = (folder / f"ptable_nums_{name}.csv").read_text(encoding="utf-8")
    return numeric_ptable_from_csv(text, D=D, V=V, grain=grain, least=0, interpolated=True)


class Run:
    """One run of cellKey: what it was given, cell by cell, and what it gave."""

    def __init__(self, folder, name, n_top):
        self.cells = rows(folder / f"ck_nums_{name}_fixed.csv")
        self.components = rows(folder / f"ck_nums_{name}_fixed_components.csv")
        self.n_top = n_top
        assert len(self.cells) == N_CELLS
        assert len(self.components) == N_CELLS * n_top
        people = rows(folder / "ck_micro.csv")
        self.income = np.array([float(person["income"]) for person in people])
        self.record_keys = np.array([float(person["rkey"]) for person in people])
        self.members = np.array([[belongs(person, cell) for person in people] for cell in self.cells])
        self.counts = self.members.sum(axis=1)
        self.totals = self.members @ self.income
        self.top = np.stack([self.largest(members) for members in self.members], axis=1)

    def largest(self, members):
        """The largest contributions, 0 among them; nan where there are fewer."""
        found = sorted(self.income[members], key=abs, reverse=True)[: self.n_top]
        return np.array(found + [math.nan] * (self.n_top - len(found)))

    def cell_keys(self, *, zeros):
        """Our cell keys, of the contributors of more than 0 or of all."""
        chosen = self.members & (zeros | (self.income != 0))
        return np.array([unit_cell_keys(self.record_keys, np.where(cell, 0, -1), 1)[0] for cell in chosen])

    def column(self, name, k=0):
        """A column of the components, of contribution k of every cell."""
        return [component[name] for component in self.components[k :: self.n_top]]

    def floats(self, name, k=0):
        """The same as numbers."""
        return np.array(self.column(name, k), np.float64)

    @property
    def flagged(self):
        """The cells that the run flagged."""
        return np.array(self.column("additional_protection")) == "TRUE"

    def assert_gives(self, noise):
        """Every perturbed sum and every noise equals the run to 1e-9 of the sum."""
        assert [cell["vname"] for cell in self.cells] == ["income"] * N_CELLS
        np.testing.assert_allclose(self.totals, [float(cell["uws"]) for cell in self.cells], rtol=1e-9)
        expected = np.array([float(cell["pws"]) for cell in self.cells])
        np.testing.assert_allclose(self.totals + noise, expected, rtol=1e-9, atol=1e-9)
        # R prints fifteen digits; noise is a difference of two sums of up to seven digits before the point.
        np.testing.assert_allclose(noise, self.floats("pert"), rtol=0, atol=1e-8)


def belongs(person, cell):
    """Whether a person is in a cell."""
    return (
        person["region"] in REGIONS[cell["region"]]
        and cell["sex"] in ("Total", person["sex"])
        and cell["age"] in ("Total", person["age"])
    )


@pytest.mark.parametrize("name", TABLES)
def test_numeric_tables_equal_the_reference(ptable_samples, name):
    """Blocks whose greatest entropy has the variance V equal those of ptable to 1e-6; others it makes otherwise."""
    D, V, grain, ratios = TABLES[name]
    ours = make_numeric_ptable(D, V, grain=grain, least=0, ratios=ratios_from_one(ratios), interpolated=True)
    theirs = table(ptable_samples, name)
    assert theirs.ratios[-1] == ratios[-1]
    for ratio in ratios:
        mine, yours = (t.i == ratio for t in (ours, theirs))
        assert ours.v[mine].tolist() == theirs.v[yours].tolist()
        np.testing.assert_allclose(ours.p[mine], theirs.p[yours], rtol=0, atol=1e-6)


def ratios_from_one(ratios):
    """The same ratios with 1 before them, at which every table begins."""
    return (1, *ratios)


def test_the_flex_function_equals_the_reference(ptable_samples):
    """m(x) of the sample equals ours to the last digits, from the flex point up."""
    flex = FlexParameters(amounts_ptable(), fp=1000, p_small=0.3, p_large=0.03, q=3)
    expected = rows(ptable_samples / "flex_function_fp1000_p0.3_0.03_q3.csv")
    assert len(expected) == 8
    for row in expected:
        assert math.isclose(magnification(float(row["x"]), flex), float(row["m"]), rel_tol=1e-12)


@pytest.mark.parametrize(("name", "same_key"), [("same", True), ("scrambled", False)])
def test_three_contributions_equal_cell_key(ptable_samples, name, same_key):
    """All 192 sums of the flex form with a table of small cells, and every step and key of theirs, equal cellKey's.

    One run takes the key of contributors of more than 0 as it is and flags small cells; the other turns the key of all
    first and flags none.
    """
    run = Run(ptable_samples, f"topk3_flex_sep_{name}", 3)
    keys = run.cell_keys(zeros=not same_key)
    theirs = run.floats("ckey") if same_key else turned_back(run.column("ckey"), keys)
    np.testing.assert_allclose(keys, theirs, rtol=0, atol=1e-12)
    u = turned_keys(theirs, 3, same_key=same_key)
    np.testing.assert_allclose(u, [run.floats("ckey", k) for k in range(3)], rtol=0, atol=1e-14)
    assert run.flagged.tolist() == [same_key and n <= FLAGGED_UP_TO for n in run.counts]

    flex = published_flex(
        table(ptable_samples, "all"),
        fp=1000,
        p=(0.3, 0.03),
        epsilon=FLEX_EPSILON,
        small_table=table(ptable_samples, "small_cells"),
    )
    run.assert_gives(flex_noise(run.totals, run.top, u, flex, run.flagged))
    steps = [
        flex_noise_definition(total, tuple(top), tuple(numbers), flex, dominated=bool(flag))
        for total, top, numbers, flag in zip(run.totals, run.top.T, u.T, run.flagged, strict=True)
    ]
    run.assert_gives(np.array([sum(step.noise for step in cell) for cell in steps]))
    assert_steps(run, steps)


def turned_back(texts, keys):
    """The keys, error of floating sums and all, whose digits were turned once; a 0 that went to the end is not seen."""
    moved = ["0" if key < 0.1 else text[-1] for text, key in zip(texts, keys, strict=True)]
    kept = [text[2:] if key < 0.1 else text[2:-1] for text, key in zip(texts, keys, strict=True)]
    return np.array([float(f"0.{first}{rest}") for first, rest in zip(moved, kept, strict=True)])


def assert_steps(run, steps):
    """Where there is something to add up, steps equal cellKey's, and a cell says whether the small table was used."""
    for cell in np.flatnonzero(run.totals):
        found = steps[cell]
        for k, step in enumerate(found):
            if not math.isnan(run.top[k, cell]):
                assert math.isclose(step.delta, run.floats("x_delta", k)[cell], rel_tol=1e-12)
        small = any(step.small for step, x in zip(found, run.top[:, cell], strict=True) if not math.isnan(x))
        assert (run.column("lookup")[cell] == "small_cells") == small


def test_one_contribution_equals_cell_key(ptable_samples):
    """All 192 sums of the simple form, one tenth of the largest contribution a step, equal cellKey's."""
    run = Run(ptable_samples, "topk1_simple_all", 1)
    np.testing.assert_allclose(run.cell_keys(zeros=False), run.floats("ckey"), rtol=0, atol=1e-12)
    flex = published_flex(table(ptable_samples, "all"), fp=0, p=(0.1, 0.1))
    run.assert_gives(flex_noise(run.totals, run.top, run.floats("ckey")[None], flex, run.flagged))
    some = run.totals > 0
    np.testing.assert_allclose(0.1 * run.top[0, some], run.floats("x_delta")[some], rtol=1e-12)


def test_the_mean_by_parity_equals_cell_key(ptable_samples):
    """All 192 sums with one tenth of the mean as step and a table by parity equal cellKey's."""
    run = Run(ptable_samples, "mean_simple_parity", 1)
    np.testing.assert_allclose(run.cell_keys(zeros=False), run.floats("ckey"), rtol=0, atol=1e-12)
    noise = mean_noise_by_parity(
        run.totals,
        run.counts,
        run.floats("ckey"),
        0.1,
        even=table(ptable_samples, "even"),
        odd=table(ptable_samples, "odd"),
    )
    run.assert_gives(noise)
    assert run.column("lookup") == ["odd" if n % 2 else "even" for n in run.counts]


def test_every_mended_run_is_compared(ptable_samples):
    """No mended run of the samples is left out."""
    runs = {"topk3_flex_sep_same", "topk3_flex_sep_scrambled", "topk1_simple_all", "mean_simple_parity"}
    assert {path.name for path in ptable_samples.glob("ck_nums_*_fixed.csv")} == {
        f"ck_nums_{r}_fixed.csv" for r in runs
    }


@pytest.mark.parametrize(
    ("key", "turned"),
    [(0.1234, [0.2341, 0.3412]), (0.05, [0.5, 0.05]), (1e-5, [0.0001, 0.001]), (0.0, [0, 0]), (0.9, [0.9, 0.9])],
)
def test_keys_are_turned_digit_by_digit(key, turned):
    """The first decimal digit goes to the end; keys that R would print with an exponent are turned all the same."""
    assert turned_keys(np.array([key]), 2, same_key=False)[:, 0].tolist() == turned
    assert turned_keys(np.array([key]), 2, same_key=True)[:, 0].tolist() == [key, turned[0]]
