"""Code to copy: the first table of a database through the Open Data API."""

from __future__ import annotations

import json
from textwrap import dedent

from statlas.model.database import Database


def body(database: Database) -> str:
    """The request for a database's first field at its default level, latest date, as JSON."""
    fields = database.categories[:1]
    asked = {
        "database": f"str:database:{database.id}",
        "measures": [f"str:count:{database.id}:{database.records.id}"],
        "dimensions": [[f"str:valueset:{database.id}:{f.table}:{f.id}:{f.valueset.id}"] for f in fields],
    }
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in asked.items())
    return f"{{\n{lines}\n}}"


def curl(base: str, database: Database) -> str:
    """A command for a terminal."""
    return (
        f"curl {base}/table \\\n  -H 'APIKey: YOUR-KEY' -H 'Content-Type: application/json' \\\n  -d '{body(database)}'"
    )


def python(base: str, database: Database) -> str:
    """The same in Python with ``requests``."""
    return dedent(
        """\
        import requests

        query = {query}
        answer = requests.post("{base}/table", json=query, headers={{"APIKey": "YOUR-KEY"}})
        print(answer.json()["cubes"])
        """
    ).format(query=body(database), base=base)
