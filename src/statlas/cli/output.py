"""Where a command's result goes: a file that is whole or not there, or standard output."""

import sys
from collections.abc import Iterable
from pathlib import Path

import typer


def put(data: bytes | Iterable[bytes], out: Path) -> None:
    """Write ``data``, or its pieces, to ``out`` at one instant; ``-`` is standard output.

    Raises:
        typer.BadParameter: the file cannot be written.
    """
    from statlas.store.durable import replace

    if str(out) == "-":
        for piece in [data] if isinstance(data, bytes) else data:
            sys.stdout.buffer.write(piece)
        sys.stdout.flush()
        return
    if out.is_dir() or not out.parent.is_dir():
        raise typer.BadParameter(f"{out} is not a file in a folder that exists.", param_hint="--out")
    try:
        replace(out, data)
    except OSError as error:
        raise typer.BadParameter(f"{out} cannot be written: {error.strerror}.", param_hint="--out") from None
