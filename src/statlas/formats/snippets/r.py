"""R as it comes; for the Open Data API with jsonlite, for R reads no JSON by itself.

A body is sent by the program curl, which Windows, macOS and Linux have: R by itself sends none.
"""

from __future__ import annotations

from itertools import count

from statlas.formats.snippets.notation import JSON, Notation, c_text
from statlas.formats.snippets.question import KEY, FileQuestion, KeyedQuestion

_JSON = "Content-Type: application/json"


def cells(question: FileQuestion) -> str:
    """A data frame of the CSV file."""
    return _posted(question) if question.is_posted else _by_address(question)


def _by_address(question: FileQuestion) -> str:
    return f"""\
address <- {_R.text(question.url("csv"))}
{_read("address", question)}"""


def _posted(question: FileQuestion) -> str:
    return f"""\
address <- {_R.text(question.url("csv"))}
query <- {_raw(JSON.of(question.body))}
{_send()}{_read("answer", question)}"""


def cubes(question: KeyedQuestion) -> str:
    """The values of each cube, as an array."""
    return f"""\
library(jsonlite) # install.packages("jsonlite")

address <- {_R.text(question.address)}
query <- {_raw(JSON.of(question.body))}
{_send(f'paste("APIKey:", Sys.getenv("{KEY}"))')}table <- fromJSON(answer)
for (measure in names(table$cubes)) {{
    cat(measure, "\\n")
    print(table$cubes[[measure]]$values)
}}
"""


def _read(source: str, question: FileQuestion) -> str:
    """The file as a frame, codes and labels as they are."""
    return f"""\
text <- {_R.of(question.texts)}
table <- read.csv(
    {source},
    colClasses = setNames(rep("character", length(text)), text),
    na.strings = "", check.names = FALSE, encoding = "UTF-8"
)
str(table)
"""


def _send(*headers: str) -> str:
    """The query to the address, the answer into a file; ``headers`` are texts of R."""
    # Quoted as Windows has it, which other shells take too.
    lines = "".join(f'\n    "--header", shQuote({one}, "cmd"),' for one in (c_text(_JSON), *headers))
    return f"""\
body <- tempfile()
answer <- tempfile()
writeLines(query, body, useBytes = TRUE)
download.file(address, answer, method = "curl", quiet = TRUE, extra = c(
    "--fail",{lines}
    "--data-binary", shQuote(paste0("@", body), "cmd")
))
"""


def _text(text: str) -> str:
    # R has no text with NUL or half a surrogate pair in it.
    return c_text(text.replace("\0", "?").encode("utf-8", "replace").decode())


_R = Notation(_text, _text, series=("c(", ")"))


def _raw(text: str) -> str:
    """A raw string of R 4, with as many dashes as nothing in the text has behind a bracket."""
    dashes = next("-" * n for n in count() if f'){"-" * n}"' not in text)
    return f'r"{dashes}({text}){dashes}"'
