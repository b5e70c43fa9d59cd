"""A policy file that has changed says so by its version."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from statlas import definitions
from statlas.errors import DefinitionError
from statlas.model.faults import Fault, FaultReport
from statlas.model.release import Manifest
from statlas.store import Home


def check_versions(home: Home, previous: Manifest | None, folder: Path, files: Sequence[str]) -> None:
    """See that a policy file that differs from the one of the release before has a higher version.

    Args:
        folder: that of the definition.
        files: names of the files that the definition was read from, in it.

    Raises:
        DefinitionError: it has not.
    """
    for name in files:
        kept = next((f for f in previous.files if f.path.endswith(f"/definition/{name}")), None) if previous else None
        if kept is not None and Path(name).suffix in (".yaml", ".yml"):
            _check(name, home.path_of(kept), folder / name)


def _check(name: str, kept: Path, given: Path) -> None:
    before, today = definitions.read_policy(kept), definitions.read_policy(given)
    if before == today or before.name != today.name or today.version > before.version:
        return
    fault = Fault(
        "policy-version",
        name,
        f"a version above {before.version}: the policy has changed since the release before.",
        "Raise `version`.",
        path="version",
    )
    raise DefinitionError(f"{name} has changed without saying so.", faults=FaultReport((fault,)))
