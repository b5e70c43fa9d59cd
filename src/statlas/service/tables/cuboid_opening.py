"""Opening the cuboids of a release: once for as long as a file stays what it is; none where there are none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from statlas.model.release import Manifest
from statlas.store import CuboidFiles, Home

if TYPE_CHECKING:
    from statlas.engine.cuboids.using import Cuboids, OpenCuboids
    from statlas.engine.plan import Plan
    from statlas.engine.raw import OpenPeriod


def cuboids_of(home: Home, manifest: Manifest, aside: Path | None = None) -> OpenCuboids:
    """What opens the cuboids of each period of a release; ``aside`` has those of a draft."""
    files = CuboidFiles(home.path, manifest.database, aside)
    names = {record.period: record.sha256 for record in manifest.records}
    return lambda period: opened(files, names[period])


def opened(files: CuboidFiles, sha256: str) -> Cuboids | None:
    """The cuboids of a file of records; None where there are none that can be believed."""
    path = files.path_of(sha256)
    try:
        found = path.stat()
    except OSError:
        _kept.pop(path, None)
        return None
    version = (found.st_ino, found.st_mtime_ns, found.st_size)
    kept = _kept.get(path)
    if kept is None or kept[0] != version:
        _kept[path] = kept = (version, _open(path, sha256))
    return kept[1]


def _open(path: Path, sha256: str) -> Cuboids | None:
    from statlas.engine.cuboids.file import open_cuboids  # noqa: PLC0415 - answers already given do without the engine

    return open_cuboids(path, sha256)


_kept: dict[Path, tuple[tuple[int, int, int], Cuboids | None]] = {}
"""What was opened, for as long as the file is the one that was: it is never written to, only replaced."""


def answers(plan: Plan, cuboids: OpenCuboids, open_period: OpenPeriod) -> bool:
    """Whether cuboids answer a plan, as far as its last period tells."""
    last = plan.all_periods[-1]
    held = cuboids(last)
    return held is not None and held.cells_behind(plan, open_period(last)) is not None
