"""Cube to bytes, a module for each format: ``FORMATS[name].write(cube, about)`` gives the file in pieces.

Nothing here sees anything but a public ``Cube`` and what is said about it.
Every file carries title, source, release, licence, notes, symbols, link and digest, and says *synthetic* where it is.
No number that is hidden is a zero.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from statlas.errors import QueryError
from statlas.formats import (
    arrow_ipc,
    csv_shown,
    csv_tidy,
    json_native,
    json_stat,
    ods,
    opendata_query,
    parquet,
    xlsx,
)
from statlas.formats.form import Format, Writer
from statlas.formats.naming import file_name
from statlas.model.about import About, about_of
from statlas.model.cube import Cube
from statlas.wording import _, later

__all__ = [
    "FORMATS",
    "About",
    "Format",
    "Writer",
    "about_of",
    "by_suffix",
    "file_name",
    "find",
    "of_file",
    "of_path",
    "write",
]

_LISTED = (
    Format("xlsx", xlsx.SUFFIX, xlsx.MEDIA_TYPE, later("Excel (XLSX)"), xlsx.write, xlsx.misfit),
    Format("ods", ods.SUFFIX, ods.MEDIA_TYPE, later("OpenDocument spreadsheet (ODS)"), ods.write, ods.misfit),
    Format(
        "csv-shown",
        csv_shown.SUFFIX,
        csv_shown.MEDIA_TYPE,
        later("CSV as shown here"),
        csv_shown.write,
        is_streamed=True,
    ),
    Format(
        "csv",
        csv_tidy.SUFFIX,
        csv_tidy.MEDIA_TYPE,
        later("CSV, a line for each number"),
        csv_tidy.write,
        is_streamed=True,
    ),
    Format(
        "csv-bom",
        "bom.csv",
        csv_tidy.MEDIA_TYPE,
        later("CSV with a byte order mark"),
        csv_tidy.write_with_bom,
        is_streamed=True,
    ),
    Format("parquet", parquet.SUFFIX, parquet.MEDIA_TYPE, "Parquet", parquet.write, is_streamed=True),
    Format("arrow", arrow_ipc.SUFFIX, arrow_ipc.MEDIA_TYPE, "Arrow", arrow_ipc.write, is_streamed=True),
    Format("json-stat", json_stat.SUFFIX, json_stat.MEDIA_TYPE, "JSON-stat 2.0", json_stat.write),
    Format("json", json_native.SUFFIX, json_native.MEDIA_TYPE, "JSON", json_native.write),
    Format(
        "opendata-query",
        opendata_query.SUFFIX,
        opendata_query.MEDIA_TYPE,
        later("Open Data API query"),
        opendata_query.write,
        opendata_query.misfit,
    ),
)

FORMATS: Mapping[str, Format] = MappingProxyType({one.name: one for one in _LISTED})
"""Every format by its name."""

by_suffix: Mapping[str, Format] = MappingProxyType({one.suffix: one for one in FORMATS.values()})
"""Every format by the ending of its files."""


def of_file(name: str) -> Format | None:
    """The format whose files end as a name does: ``table.query.json`` is a query, ``table.json`` the native JSON."""
    ends = [suffix for suffix in by_suffix if name.lower().endswith(f".{suffix}")]
    return by_suffix[max(ends, key=len)] if ends else None


def of_path(name: str) -> Format:
    """The same.

    Raises:
        QueryError: no format's files end so.
    """
    found = of_file(name)
    if found is None:
        known = ", ".join(f".{suffix}" for suffix in by_suffix)
        raise QueryError(
            _("No format's files are named like {name!r}.").format(name=name),
            mend=_("They end with {known}.").format(known=known),
        )
    return found


def find(name: str) -> Format:
    """The format of a name.

    Raises:
        QueryError: there is none.
    """
    if name not in FORMATS:
        raise QueryError(
            _("{name!r} is not a format.").format(name=name),
            mend=_("Choose one of {listed}.").format(listed=", ".join(FORMATS)),
        )
    return FORMATS[name]


def write(cube: Cube, name: str, about: About | None = None) -> Iterator[bytes]:
    """A cube as a file of the named format, in pieces.

    Raises:
        QueryError: there is no such format, or it cannot hold the cube.
    """
    return find(name).write(cube, about or about_of(cube))
