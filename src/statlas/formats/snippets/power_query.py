"""Power Query's formula language (M), for the advanced editor of Excel and Power BI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from statlas.formats.snippets.notation import M
from statlas.formats.snippets.question import FileQuestion, KeyedQuestion

_JSON = '#"Content-Type" = "application/json"'


def cells(question: FileQuestion) -> str:
    """The CSV file as a table with a type for every column."""
    columns = ",\n".join(
        f"            {{{M.text(name)}, type {'text' if is_text else 'number'}}}" for name, is_text in question.columns
    )
    return f"""\
let
{_query(question.body) if question.is_posted else ""}    Answer = Web.Contents(
        {M.text(question.url("csv"))}{_sent("") if question.is_posted else ""}
    ),
    Cells = Csv.Document(
        Answer,
        [Delimiter = ",", Columns = {len(question.columns)}, Encoding = 65001, QuoteStyle = QuoteStyle.Csv]
    ),
    Headed = Table.PromoteHeaders(Cells, [PromoteAllScalars = true]),
    Typed = Table.TransformColumnTypes(
        Headed,
        {{
{columns}
        }},
        "en-GB"
    )
in
    Typed
"""


def cubes(question: KeyedQuestion) -> str:
    """The cubes as a table of measures and their values; the language knows no environment."""
    return f"""\
let
    ApiKey = "YOUR-KEY",
{_query(question.body)}    Answer = Web.Contents(
        {M.text(question.address)}{_sent("APIKey = ApiKey, ")}
    ),
    Cubes = Record.ToTable(Json.Document(Answer)[cubes]),
    Values = Table.ExpandRecordColumn(Cubes, "Value", {{"values", "precision"}})
in
    Values
"""


def _query(body: Mapping[str, Any]) -> str:
    return f"    Query = {M.of(body, 4)},\n"


def _sent(key: str) -> str:
    return f",\n        [Headers = [{key}{_JSON}], Content = Json.FromValue(Query)]"
