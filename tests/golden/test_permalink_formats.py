"""Tables stored behind permanent links by earlier versions are read for ever, number for number."""

import zlib
from pathlib import Path

import pytest

from statlas.service.tables import cube_codec
from statlas.service.tables.fingerprint import fingerprint

FOLDER = Path(__file__).with_name("permalinks")

FINGERPRINTS = {2: "290955b48966873ae63db1ebc0d3bad6f9b8c8167ce79817c54259cdfccb8c75"}
"""Of the file stored in each format; files and digests are never made anew, and a new format adds its own."""


@pytest.mark.parametrize("number", FINGERPRINTS)
def test_a_stored_table_is_read_whatever_its_format(number):
    """Every format that ever stood behind a link gives the numbers that it was stored with."""
    stored = zlib.decompress((FOLDER / f"format-{number}.answer").read_bytes())
    assert fingerprint(cube_codec.loads(stored)) == FINGERPRINTS[number]


def test_the_format_of_today_is_among_them():
    """Whoever changes the format adds a file of the new one, and goes on reading the old ones."""
    assert cube_codec.FORMAT in FINGERPRINTS
