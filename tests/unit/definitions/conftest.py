"""Definitions to try the room on: a small whole one, to which tests add their mistakes."""

import pytest

from statlas import definitions
from statlas.errors import DefinitionError

BASE = """\
statlas: 1
id: allotments
label: Allotments
unit: applicant
records: {table: APPLICANTS, label: Applicants, unit_id: ref}
date: {id: MONTH, column: month}
fields:
  - id: AREA
    label: Area
    kind: geography
    column: ward
    levels:
      - {id: TOWN, label: Town, codes: {T1: Easton, T2: Weston}}
      - id: WARD
        label: Ward
        codes: {W1: {label: Mill, parent: T1}, W2: {label: Quay, parent: T1}, W3: {label: Hill, parent: T2}}
  - id: PLOT
    label: Plot
    column: plot
    missing: 9
    codes: {01: Half, no: None yet, 9: Unknown}
measures:
  - {id: RENT, label: Rent, column: rent, unit: GBP}
"""


@pytest.fixture
def folder(tmp_path):
    """Where the definition and its files are."""
    return tmp_path


@pytest.fixture
def read(folder):
    """The database of a definition's text, with the files of those names beside it; a name without an end is a CSV."""

    def make(text=BASE, **files):
        for name, content in files.items():
            path = folder / (name if "." in name else f"{name}.csv")
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, "utf-8")
        path = folder / "definition.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return definitions.read(path)

    return make


@pytest.fixture
def faults(read):
    """The faults of a definition's text, none being a failure of the test."""

    def find(text, **files):
        with pytest.raises(DefinitionError) as caught:
            read(text, **files)
        return caught.value.faults

    return find


@pytest.fixture
def found(faults):
    """The faults as (code, path or column, first row)."""

    def find(text, **files):
        return [(f.code, f.path or f.column, *f.rows[:1]) for f in faults(text, **files)]

    return find


@pytest.fixture
def base():
    """The text of a small whole definition."""
    return BASE
