"""Making a folder a home."""

from __future__ import annotations

from pathlib import Path

from statlas.store import durable, layout, reading, secret


def found(home: Path) -> None:
    """Make the folder a home unless it is one.

    Its databases and secrets are for their owner alone; ``home.json`` is written last and says that all is there.
    """
    if reading.exists(home):
        return
    home.mkdir(parents=True, exist_ok=True)
    layout.databases_folder(home).mkdir(mode=0o700, exist_ok=True)
    secret.make_folder(layout.secrets_folder(home))
    durable.replace(layout.home_file(home), b'{"format": %d}\n' % layout.FORMAT)
