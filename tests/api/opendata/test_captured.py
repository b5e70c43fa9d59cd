"""Captured answers of Stat-Xplore, taken apart and written again."""

import json

import pytest

from statlas.api.opendata import write
from statlas.definitions.stat_xplore import read

CAPTURED = [
    "samples/table/chronicle_uc_households_by_family_type_april_december_2025.json",
    "samples/table/chronicle_uc_households_by_number_of_children_april_december_2025.json",
    "samples/table/chronicle_uc_households_housing_entitlement_april_december_2025.json",
    "samples/table/chronicle_uc_households_by_local_authority_may2025_valueset_dimension.json.gz",
    "samples/table/statxplorer_example_a_uc_households_region_month_family.json",
    "samples/table/statxplorer_example_b_count_and_mean.json",
    "data/dwp_statxplore/api_responses/uc_households_by_constituency_may2025.json.gz",
    "data/dwp_statxplore/api_responses/uc_households_by_family_type_april_december_2025.json.gz",
    "data/dwp_statxplore/api_responses/uc_households_by_local_authority_may2025.json.gz",
    "data/dwp_statxplore/api_responses/uc_households_by_number_of_children_april_december_2025.json.gz",
    "data/dwp_statxplore/api_responses/uc_households_housing_entitlement_april_december_2025.json.gz",
    "data/dwp_statxplore/api_responses/uc_households_lcwra_entitlement_april_december_2025.json.gz",
]


def in_order(value):
    """Objects as lists of their members, so that their order counts in a comparison."""
    if isinstance(value, dict):
        return [(name, in_order(member)) for name, member in value.items()]
    return [in_order(member) for member in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", CAPTURED)
def test_a_captured_answer_is_written_to_the_letter(shared, capture, database_of, cube_of, name):
    """Read its query, take its numbers for a cube, write that cube: every member comes back, in the captured order."""
    expected = capture(shared / name)
    database = database_of(expected)
    asked = read.read(json.dumps(expected["query"]).encode(), lambda _: database)
    answer = json.loads(write.write(cube_of(expected, database), asked.dimensions, asked.measures))
    # Recodes stand in an order of their own at Stat-Xplore ("its key order is not the dimension order").
    assert answer["query"].pop("recodes") == expected["query"].pop("recodes")
    assert in_order(answer) == in_order(expected)


def test_counts_are_integers(shared, capture, database_of, cube_of):
    """Answers of 2019 write 36393.0; ours write 36393, as those of 2026 do."""
    expected = capture(shared / CAPTURED[0])
    database = database_of(expected)
    body = write.write(cube_of(expected, database))
    assert b".0" not in body.split(b'"values"')[1].split(b'"precision"')[0]


@pytest.mark.parametrize("name", CAPTURED)
def test_a_captured_query_asks_for_its_items(shared, capture, database_of, name):
    """Every item, group, total and dimension of a captured query is in the ``Query`` it is read into."""
    expected = capture(shared / name)
    database = database_of(expected)
    query = read.read(json.dumps(expected["query"]).encode(), lambda _: database).query
    for dimension, shown in zip(query.dimensions, expected["fields"], strict=True):
        uris = [item["uris"] for item in shown["items"] if item["type"] == "RecodeItem"]
        assert [[":".join(node) for node in item.nodes] for item in dimension.items] == [
            [":".join(uri.split(":")[-2:]) for uri in item] for item in uris
        ]
        assert dimension.total == any(item["type"] == "Total" for item in shown["items"])
