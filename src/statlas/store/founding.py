"""Making a folder a home."""

from __future__ import annotations

import json
from pathlib import Path

from statlas.errors import HomeError
from statlas.store import durable, layout, reading, secret


def found(home: Path, *, immediate: bool = False) -> None:
    """Make the folder a home unless it is one; ``immediate`` says whether it then wants releases without ceremony.

    Its databases and secrets are for their owner alone; ``home.json`` is written last and says that all is there.
    """
    if reading.exists(home):
        return
    home.mkdir(parents=True, exist_ok=True)
    layout.databases_folder(home).mkdir(mode=0o700, exist_ok=True)
    secret.make_folder(layout.secrets_folder(home))
    wants = ', "immediate": true' if immediate else ""
    durable.replace(layout.home_file(home), f'{{"format": {layout.FORMAT}{wants}}}\n'.encode())


def want_immediate(home: Path, *, wanted: bool) -> None:
    """Let a home want releases without ceremony, or no longer.

    Raises:
        HomeError: there is no home, or ``home.json`` is damaged.
    """
    if not reading.exists(home):
        raise HomeError(f"There is no home in {home}.", mend="Name the folder of the installation with --home.")
    told = json.loads(layout.home_file(home).read_bytes())
    told.pop("immediate", None)
    wants = {"immediate": True} if wanted else {}
    durable.replace(layout.home_file(home), json.dumps({**told, **wants}).encode() + b"\n")
