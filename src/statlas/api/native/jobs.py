"""Jobs: tables too large to be answered at once."""

from __future__ import annotations

from collections.abc import Mapping


def instead() -> Mapping[str, str]:
    """What the problem of a table that is too large says of jobs."""
    return {
        "mend": "Ask for fewer codes, areas or dates, or split the table; "
        "tables of more cells are made as jobs, or by `statlas table` where the home is."
    }
