"""One perturbation table a family: databases that share record keys draw the same noise (decisions page, D1).

Two perturbation tables on one key can be played against each other, and exact counts beside noisy ones of the same
people give the noise away.
Earlier releases count too, those of the database itself included: they can still be asked for.
Thresholds and rules may differ: they decide what is printed, and change no number.
"""

from __future__ import annotations

from pathlib import Path

from statlas.errors import DefinitionError
from statlas.model.faults import Fault, FaultReport
from statlas.store import reading


def check(home: Path, database_id: str, family: str, policy: str, ptable: str) -> None:
    """See that every release of the family, in every database of the home, has this perturbation table.

    Raises:
        DefinitionError: one has another; it names the database.
    """
    for manifest in reading.all_manifests(home):
        if manifest.family == family and manifest.ptable != ptable:
            raise _conflict(database_id, family, policy, manifest.database, manifest.release, manifest.policy)


def _conflict(
    database_id: str, family: str, policy: str, other: str, release: str, other_policy: str
) -> DefinitionError:
    whose = "an earlier release of it" if other == database_id else other
    fault = Fault(
        code="family-policy",
        file=database_id,
        path="policy",
        expected=f"databases of family {family!r} are protected alike; {other} (release {release}) has policy "
        f"{other_policy!r}, this one {policy!r}",
        mend="Give both policies of the same preset, or this one a family of its own if it shares no units with "
        f"{whose}.",
    )
    return DefinitionError(f"{database_id} may not be published in family {family!r}.", faults=FaultReport((fault,)))
