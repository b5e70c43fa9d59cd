"""Python with pandas; with the standard library alone for the Open Data API."""

from __future__ import annotations

from statlas.formats.snippets.notation import PYTHON
from statlas.formats.snippets.question import KEY, FileQuestion, KeyedQuestion

_READ = 'dtype=dict.fromkeys(text, str), keep_default_na=False, na_values=[""]'


def cells(question: FileQuestion) -> str:
    """A data frame of the CSV file."""
    return _posted(question) if question.is_posted else _by_address(question)


def _by_address(question: FileQuestion) -> str:
    return f"""\
import pandas

address = {PYTHON.text(question.url("csv"))}
text = {PYTHON.of(question.texts)}
table = pandas.read_csv(address, {_READ})
print(table)
"""


def _posted(question: FileQuestion) -> str:
    return f"""\
import json
import urllib.request

import pandas

address = {PYTHON.text(question.url("csv"))}
query = {PYTHON.of(question.body)}
text = {PYTHON.of(question.texts)}
headers = {{"Content-Type": "application/json"}}
request = urllib.request.Request(address, json.dumps(query).encode(), headers)
with urllib.request.urlopen(request) as answer:
    table = pandas.read_csv(answer, {_READ})
print(table)
"""


def cubes(question: KeyedQuestion) -> str:
    """The values of each cube, as nested lists."""
    return f"""\
import json
import os
import urllib.request

address = {PYTHON.text(question.address)}
query = {PYTHON.of(question.body)}
headers = {{"APIKey": os.environ["{KEY}"], "Content-Type": "application/json"}}
request = urllib.request.Request(address, json.dumps(query).encode(), headers)
with urllib.request.urlopen(request) as answer:
    table = json.load(answer)
for measure, cube in table["cubes"].items():
    print(measure, cube["values"])
"""
