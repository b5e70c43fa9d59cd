"""Code that fetches a table, to copy: the same numbers in Python, R, a terminal, JavaScript and Power Query.

Texts from texts: nothing here is fetched or run.
Each language is a module with two functions: ``cells`` asks the native API for a file that the language reads by its
own means, ``cubes`` asks the Open Data API with a key from the environment.
Whatever an address, a name or a query holds is written as a literal of the language, so that it stays data.
"""

from statlas.formats.snippets import curl, javascript, power_query, python, r
from statlas.formats.snippets.language import Language
from statlas.formats.snippets.question import KEY, LONGEST_ADDRESS, FileQuestion, KeyedQuestion

__all__ = ["KEY", "LANGUAGES", "LONGEST_ADDRESS", "FileQuestion", "KeyedQuestion", "Language"]

LANGUAGES = (
    Language("python", "Python", python.cells, python.cubes),
    Language("r", "R", r.cells, r.cubes),
    Language("curl", "Terminal (curl)", curl.cells, curl.cubes),
    Language("javascript", "JavaScript", javascript.cells, javascript.cubes),
    Language("power-query", "Power Query (Excel, Power BI)", power_query.cells, power_query.cubes),
)
"""Every language, in the order of a page."""
