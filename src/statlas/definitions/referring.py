"""Finding what one part of a definition says of another: fields and codes by their names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from statlas.definitions.findings import Findings, Place, did_you_mean, listed
from statlas.definitions.validating import Parts
from statlas.errors import QueryError
from statlas.model.database import Database, Field

T = TypeVar("T")


@dataclass(frozen=True)
class Referring:
    """A database so far, for what refers to its fields.

    Anything that refers to an entry with mistakes of its own is passed over: that entry is already reported.
    """

    parts: Parts
    findings: Findings
    bare: Database

    def field(self, place: Place, field_id: str) -> Field | None:
        """The field of that id; None if there is none, which is a finding unless it is broken."""
        known = {field.id: field for field in self.bare.fields}
        broken = {part.claimed_id for part in self.parts.fields} - known.keys()
        if field_id not in known and field_id not in broken:
            mend = did_you_mean(field_id, known, f"The fields are {listed(known)}.")
            self.findings.add(place, "unknown-field", f"a field of this database, not {field_id!r}", mend)
        return known.get(field_id)


def told(findings: Findings, place: Place, make: Callable[[], T]) -> T | None:
    """What ``make`` gives; None, with a finding, if it is a query that cannot be."""
    try:
        return make()
    except QueryError as error:
        findings.add(place, "bad-value", error.message.rstrip("."), error.mend)
        return None
