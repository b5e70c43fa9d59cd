"""``statlas boundaries``: what is told of a file, and what stays as it was."""

import json

import pytest
from typer.testing import CliRunner

from statlas.cli import app


def run(*arguments):
    """Run the command."""
    return CliRunner().invoke(app, ["boundaries", *map(str, arguments)])


@pytest.fixture
def file(tmp_path):
    """Two squares."""
    rings = [[[x, 50], [x + 1, 50], [x + 1, 51], [x, 51], [x, 50]] for x in (0, 1)]
    areas = [
        {"type": "Feature", "properties": {"code": f"E{n}"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for n, ring in enumerate(rings)
    ]
    path = tmp_path / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": areas}))
    return path


def test_boundaries_are_added_listed_and_removed(tmp_path, file):
    """Adding says how many areas and bytes; the list has level, vintage, source and licence; removing empties it."""
    where = ("--level", "authority", "--vintage", "2024", "--home", tmp_path / "home")
    added = run("add", file, *where, "--source", "Office", "--licence", "CC0-1.0")
    assert added.exit_code == 0, added.output
    assert "Kept: 2 areas of authority of 2024" in added.output
    assert "no map will use them yet" in added.output
    listed = run("list", "--home", tmp_path / "home").output.strip().split("\t")
    assert [listed[0], listed[1], listed[2], *listed[4:]] == ["authority", "2024", "2 areas", "Office", "CC0-1.0"]
    assert run("remove", *where).exit_code == 0
    assert run("list", "--home", tmp_path / "home").output == ""


def test_a_trial_keeps_nothing(tmp_path, file):
    """With --dry-run everything is said and nothing is written."""
    done = run("add", file, "--level", "x", "--vintage", "1", "--home", tmp_path / "home", "--dry-run")
    assert "Would be kept: 2 areas" in done.output
    assert not (tmp_path / "home").exists()


def test_codes_are_compared_with_those_of_the_databases(tmp_path, file, published):
    """Codes that no database has, and codes of the level without a shape, are told; the rest is kept."""
    done = run("add", file, "--level", "town", "--vintage", "2024", "--home", published)
    assert done.exit_code == 0, done.output
    text = file.read_text().replace('"E0"', '"N1"')
    file.write_text(text)
    done = run("add", file, "--level", "town", "--vintage", "2024", "--home", published)
    assert "1 of 2 codes are codes of" in done.output
    assert "[unknown-area]" in done.output
    assert "[no-shape]" in done.output


@pytest.fixture
def published(tmp_path):
    """The home of a small database with areas; its towns are N1 to N3, S1 and S2."""
    from homes import write_definition, write_records  # noqa: PLC0415 - a support module

    from statlas.service import tables  # noqa: PLC0415 - loads the engine

    home = tables.open_home(tmp_path / "home")
    tables.publish(home=home, definition=write_definition(tmp_path), records=[write_records(tmp_path / "r.csv")])
    return home.path


def test_a_broken_file_ends_with_its_fault_and_exit_code_2(tmp_path):
    """The fault is named, with how to mend it, and no traceback."""
    path = tmp_path / "broken.geojson"
    path.write_text("{")
    done = run("add", path, "--level", "x", "--vintage", "1", "--home", tmp_path / "home")
    assert done.exit_code == 2
    assert "[unreadable]" in done.output
    assert "Traceback" not in done.output
