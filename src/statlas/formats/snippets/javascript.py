"""JavaScript for browsers and Node from version 18; JSON, for it has no reader of CSV."""

from __future__ import annotations

from statlas.formats.snippets.notation import JSON
from statlas.formats.snippets.question import KEY, FileQuestion, KeyedQuestion

_REFUSED = "if (!answer.ok) throw new Error(await answer.text());"


def cells(question: FileQuestion) -> str:
    """The JSON file, and the values of each measure."""
    fetched = "fetch(address)"
    body = ""
    if question.is_posted:
        body = f"const query = {JSON.of(question.body)};\n"
        fetched = _posted("")
    return f"""\
const address = {JSON.text(question.url("json"))};
{body}
async function fetchTable() {{
    const answer = await {fetched};
    {_REFUSED}
    return answer.json();
}}

fetchTable().then((table) => {{
    for (const measure of table.measures) console.log(measure.label, JSON.stringify(measure.values));
}});
"""


def cubes(question: KeyedQuestion) -> str:
    """The values of each cube; for Node, as a page would show its visitors the key."""
    return f"""\
const address = {JSON.text(question.address)};
const query = {JSON.of(question.body)};

async function fetchTable() {{
    const answer = await {_posted(f"APIKey: process.env.{KEY}, ")};
    {_REFUSED}
    return answer.json();
}}

fetchTable().then((table) => {{
    for (const [measure, cube] of Object.entries(table.cubes)) console.log(measure, JSON.stringify(cube.values));
}});
"""


def _posted(key: str) -> str:
    return f"""\
fetch(address, {{
        method: "POST",
        headers: {{ {key}"Content-Type": "application/json" }},
        body: JSON.stringify(query),
    }})"""
