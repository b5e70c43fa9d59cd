"""Our perturbation tables against those of the ptable package 1.0.0, and our look-up against cellKey's and the ONS's.

Source: ../shared/samples/ptable, made offline by the programs that its README names.
"""

import csv
import itertools

import numpy as np
import pytest

from statlas.disclosure import compatibility
from statlas.disclosure.generation import make_ptable
from statlas.disclosure.keys import cell_keys
from statlas.disclosure.lookup import perturb_counts
from statlas.errors import InfeasibleTableError

# Every setting of the samples' index: id, D, V, js, pstay, mono, and the rows that the index says miss V.
FEASIBLE = [
    ("ex_cnts_D2_V1.05_js1", 2, 1.05, 1, None, [True, True, False, True], ()),
    ("D2_V0.9", 2, 0.9, 0, None, None, ()),
    ("D2_V1", 2, 1, 0, None, None, (1,)),
    ("D2_V1.08_js1_mono", 2, 1.08, 1, None, [True, True, False, True], ()),
    ("D3_V1", 3, 1, 0, None, None, ()),
    ("D3_V1.08_js1", 3, 1.08, 1, None, None, ()),
    ("D3_V2", 3, 2, 0, None, None, (1,)),
    ("D3_V2_js1", 3, 2, 1, None, None, (1,)),
    ("D4_V1", 4, 1, 0, None, None, ()),
    ("D4_V1_pstay0.5", 4, 1, 0, 0.5, None, ()),
    ("D4_V1_pstayvec", 4, 1, 0, [0.5, 0.5, 0.7, 0.8], None, ()),
    ("D4_V1.8_js1", 4, 1.8, 1, None, None, ()),
    ("D4_V2_pstay0.5", 4, 2, 0, 0.5, None, (1,)),
    ("D5_V1", 5, 1, 0, None, None, ()),
    ("D5_V2", 5, 2, 0, None, None, (1,)),
    ("D5_V2_js1", 5, 2, 1, None, None, ()),
    ("D5_V2.5_js2", 5, 2.5, 2, None, None, ()),
    ("D5_V3", 5, 3, 0, None, None, (1,)),
    ("D5_V3_js1", 5, 3, 1, None, None, (1,)),
    ("D5_V3_js2", 5, 3, 2, None, None, ()),
    ("D5_V3_js2_pstay0.5", 5, 3, 2, 0.5, None, ()),
    ("D5_V4_js1", 5, 4, 1, None, None, (1, 2)),
    ("D6_V2.5_js2", 6, 2.5, 2, None, None, ()),
    ("D6_V4_js2", 6, 4, 2, None, None, (1,)),
    ("D7_V3", 7, 3, 0, None, None, (1,)),
    ("D7_V4_js2", 7, 4, 2, None, None, (1,)),
    ("D7_V5_js3", 7, 5, 3, None, None, (1,)),
    ("D8_V3_js2_pstay0.5", 8, 3, 2, 0.5, None, ()),
    ("D8_V5_js2", 8, 5, 2, None, None, (1,)),
    ("D8_V6_js3", 8, 6, 3, None, None, (1,)),
    ("D9_V8_js4", 9, 8, 4, None, None, (1,)),
    ("D10_V4", 10, 4, 0, None, None, (1,)),
    ("D10_V5_js2", 10, 5, 2, None, None, (1,)),
    ("D10_V9_js4", 10, 9, 4, None, None, (1,)),
]
INFEASIBLE = [("D5_V2_js2_FAIL", 5, 2, 2), ("D5_V3_js3_FAIL", 5, 3, 3), ("D8_V5_js4_FAIL", 8, 5, 4)]
# Settings whose figures per row are in constraint_check.csv, but not the table itself.
WITHOUT_FILE = {"D3_V2", "D4_V2_pstay0.5", "D5_V2", "D7_V3", "D8_V5_js2", "D10_V5_js2"}

EVERY = pytest.mark.parametrize(
    ("name", "D", "V", "js", "pstay", "mono", "short"), FEASIBLE, ids=[setting[0] for setting in FEASIBLE]
)


def rows(path):
    """The rows of a sample file, each a dict of strings."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def ptable_samples(shared):
    """The folder of reference tables."""
    return shared / "samples" / "ptable"


def test_every_setting_of_the_index_is_compared(ptable_samples):
    """Nothing in the index is left out, and every table file but the shuffled and the numeric ones is read."""
    compared = {setting[0] for setting in FEASIBLE}
    assert {row["id"] for row in rows(ptable_samples / "index.csv")} == compared | {s[0] for s in INFEASIBLE}
    files = {path.stem.removeprefix("ptable_") for path in ptable_samples.glob("ptable_*.csv")}
    left_out = {name for name in files if "_modified_" in name or name.startswith("nums_")}
    assert files - left_out == compared - WITHOUT_FILE


@EVERY
def test_a_table_equals_the_reference(ptable_samples, name, D, V, js, pstay, mono, short):
    """Columns i, j, v, p, lb, ub equal the reference to 1e-6."""
    table = make_ptable(D, V, js, pstay=pstay, mono=mono)
    if name in WITHOUT_FILE:
        assert not (ptable_samples / f"ptable_{name}.csv").exists()
        return
    expected = [[float(value) for value in row.values()] for row in rows(ptable_samples / f"ptable_{name}.csv")]
    np.testing.assert_allclose(np.array(list(table.rows())), np.array(expected), rtol=0, atol=1e-6)


@EVERY
def test_the_figures_of_each_row_equal_the_reference(ptable_samples, name, D, V, js, pstay, mono, short):
    """Mean, variance and probability of staying equal those that ptable reports, also where V is missed."""
    table = make_ptable(D, V, js, pstay=pstay, mono=mono)
    checks = [row for row in rows(ptable_samples / "constraint_check.csv") if row["id"] == name]
    assert [int(row["i"]) for row in checks] == list(range(table.n_max + 1))
    np.testing.assert_allclose(table.variances, [float(row["p_var"]) for row in checks], rtol=0, atol=1e-5)
    stays = [sum(p for i, _, v, p, *_ in table.rows() if (i, v) == (int(row["i"]), 0)) for row in checks]
    np.testing.assert_allclose(stays, [float(row["p_stay"]) for row in checks], rtol=0, atol=1e-5)
    assert table.rows_below_variance == short


@pytest.mark.parametrize(("name", "D", "V", "js"), INFEASIBLE)
def test_an_infeasible_setting_is_refused_with_the_reason(name, D, V, js):
    """Settings that ptable cannot solve are refused; the reason names the row, its least variance and V."""
    with pytest.raises(InfeasibleTableError, match=rf"true count \d .*variance above \d, and V is {V}") as caught:
        make_ptable(D, V, js)
    assert 1 <= caught.value.facts["row"] <= js


REGIONS = {
    "Total": ("A1", "A2", "A3", "B1", "B2"),
    "A": ("A1", "A2", "A3"),
    "B": ("B1", "B2"),
    **{area: (area,) for area in ("A1", "A2", "A3", "B1", "B2")},
}


def test_counts_in_unit_mode_equal_cell_key(ptable_samples):
    """All 384 counts and cell keys equal those of cellKey 1.0.3, looked up in tables that we made ourselves."""
    people = rows(ptable_samples / "ck_micro.csv")
    record_keys = np.array([float(person["rkey"]) for person in people])
    tables = {
        "total": make_ptable(5, 3, 2),
        "flag": make_ptable(2, 1.05, 1, mono=[True, True, False, True]),
    }
    expected = rows(ptable_samples / "ck_counts_unweighted.csv")
    assert [cell["vname"] for cell in expected] == ["total"] * 192 + ["flag"] * 192
    for cell in expected:
        members = np.array([_belongs(person, cell) for person in people])
        keys = compatibility.unit_cell_keys(record_keys, np.where(members, 0, -1), 1)
        counts = np.array([members.sum()])
        perturbed = perturb_counts(counts, keys, tables[cell["vname"]])
        assert (counts[0], perturbed[0]) == (int(cell["uwc"]), int(cell["puwc"])), cell
        assert keys[0] == float(cell["ckey"]), cell


def _belongs(person, cell):
    return (
        person["region"] in REGIONS[cell["region"]]
        and cell["sex"] in ("Total", person["sex"])
        and cell["age"] in ("Total", person["age"])
        and (cell["vname"] == "total" or person["flag"] == "1")
    )


def _ons_cells(folder):
    """Counts and keys modulo 256 of every combination of the three variables, in order."""
    people = rows(folder / "ons_micro.csv")
    fields = ("var1", "var5", "var8")
    codes = [sorted({person[field] for person in people}, key=lambda code: (len(code), code)) for field in fields]
    order = {combination: n for n, combination in enumerate(itertools.product(*codes))}
    cells = np.array([order[tuple(person[field] for field in fields)] for person in people])
    record_keys = np.array([int(person["record_key"]) for person in people], np.uint32)
    return order, np.bincount(cells, minlength=len(order)), cell_keys(record_keys, cells, len(order), modulus=256)


def _assert_equals_ons(folder, file, noise, threshold):
    order, counts, keys = _ons_cells(folder)
    perturbed, shown = compatibility.integer_perturb_counts(counts, keys, noise, threshold=threshold)
    expected = rows(folder / file)
    assert len(expected) == len(order) == 200
    for row in expected:
        n = order[row["var1"], row["var5"], row["var8"]]
        assert (counts[n], keys[n]) == (int(row["pre_sdc_count"]), int(row["ckey"]))
        assert compatibility.count_rows(counts)[n] == int(row["pcv"])
        assert perturbed[n] - counts[n] == int(row["pvalue"])
        assert (str(perturbed[n]) if shown[n] else "") == row["count"]


def test_the_ten_five_rule_equals_the_ons_package(ptable_samples):
    """All 200 cells of the 10-5 rule equal the package of the Office for National Statistics."""
    _assert_equals_ons(ptable_samples, "ons_out_10_5_var1_var5_var8.csv", compatibility.ten_five_noise(), threshold=10)


def test_a_table_of_256_keys_equals_the_ons_package(ptable_samples):
    """All 200 cells of a 256-key table equal the package of the Office for National Statistics."""
    noise = np.zeros((compatibility.N_COUNT_ROWS + 1, 256), np.int64)
    for row in rows(ptable_samples / "ons_style_ptable256_D5_V3_js2.csv"):
        noise[int(row["pcv"]), int(row["ckey"])] = int(row["pvalue"])
    noise[9:] = noise[8]  # as the README of the samples says
    _assert_equals_ons(ptable_samples, "ons_out_ckm256_var1_var5_var8.csv", noise, threshold=0)
