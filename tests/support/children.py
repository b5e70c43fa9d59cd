"""Work done in a forked child, which may be killed in it: what it said comes back as JSON."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable
from typing import Any


def in_child(work: Callable[[], Any]) -> tuple[Any, int]:
    """What a child says, and how it ended."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        try:
            said, code = json.dumps(work()), 0
        except BaseException:  # noqa: BLE001 - told to the parent
            said, code = json.dumps(traceback.format_exc()), 1
        with os.fdopen(write, "w") as out:
            out.write(said)
        os._exit(code)
    os.close(write)
    with os.fdopen(read) as back:
        said = back.read()
    status = os.waitpid(pid, 0)[1]
    return said and json.loads(said), status


def told(found: tuple[Any, int]) -> Any:
    """What a child said that ended well."""
    said, status = found
    assert status == 0, said
    return said
