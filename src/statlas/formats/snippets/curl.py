"""Commands for a terminal (POSIX shells)."""

from __future__ import annotations

from statlas.formats.snippets.notation import JSON
from statlas.formats.snippets.question import KEY, FileQuestion, KeyedQuestion

_JSON = "--header 'Content-Type: application/json'"
_END = "END"  # no line of JSON is this


def cells(question: FileQuestion) -> str:
    """The CSV file beside you."""
    address = _quoted(question.url("csv"))
    if not question.is_posted:
        return f"curl --fail --output table.csv {address}\n"
    return f"curl --fail --output table.csv {_JSON} --data-binary @- \\\n  {address} {_body(JSON.of(question.body))}"


def cubes(question: KeyedQuestion) -> str:
    """The answer in JSON on the terminal."""
    key = f'--header "APIKey: ${KEY}"'
    address = _quoted(question.address)
    return f"curl --fail {key} {_JSON} --data-binary @- \\\n  {address} {_body(JSON.of(question.body))}"


def _body(text: str) -> str:
    """As a here-document: of any length, and nothing in it means anything to the shell."""
    return f"<<'{_END}'\n{text}\n{_END}\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
