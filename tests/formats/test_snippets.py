"""Code to copy holds hostile names as data: run, it asks for them and does nothing else."""

import contextlib
import io
import json
import os
import subprocess
import sys
import types

import m_language
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from statlas.formats.snippets import KEY, LANGUAGES, LONGEST_ADDRESS, FileQuestion, KeyedQuestion
from statlas.formats.snippets.notation import JSON, PYTHON, WIDTH, M

# --- questions --------------------------------------------------------------------------------------------------------

BARBS = (
    *("'", '"', "\\", "\n", "\r\n", "\t", "$HOME", "${HOME}", "$(exit 3)", "`exit 3`", "#{exit}", "#(lf)", "#", "%s"),
    *("%HOME%", "!!", ')"', ')-"', "\nEND\n", "END", "</script>", "\u2028", "\u202e", "\x00", "\x7f", "\u0085"),
    *("🦊", "👩\u200d🚀", "é", "{}", "{0}", "@file", "&", ";", "\\u0041", "\\"),
)
TEXTS = st.lists(st.one_of(st.sampled_from(BARBS), st.text(st.characters(codec="utf-8"), max_size=4)), max_size=5).map(
    "".join
)
VALUES = st.recursive(
    st.one_of(TEXTS, st.booleans(), st.integers(0, 9)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=12,
)
BODIES = st.dictionaries(TEXTS, VALUES, max_size=4)
# Of an address and of columns no system takes NUL, and none has it.
LINES = TEXTS.map(lambda text: text.replace("\x00", ""))
COLUMNS = st.lists(st.tuples(LINES, st.booleans()), max_size=4).map(lambda found: (("AREA_code", True), *found))


def _file_questions(parameters):
    address = LINES.map(lambda text: f"http://site/{text}")
    return st.builds(FileQuestion, address, parameters, BODIES, COLUMNS)


SHORT = _file_questions(LINES)
LONG = _file_questions(LINES.map(lambda text: text + "x" * LONGEST_ADDRESS))
KEYED = st.builds(KeyedQuestion, LINES.map(lambda text: f"http://site/{text}"), BODIES)
QUESTIONS = st.one_of(SHORT, LONG, KEYED)

by_processes = settings(
    max_examples=15,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
"""Every example starts a process: too slow to look for a smaller one that fails."""


def code(name, question):
    """The code of a language that asks a question."""
    language = next(one for one in LANGUAGES if one.name == name)
    return language.cubes(question) if isinstance(question, KeyedQuestion) else language.cells(question)


def wanted(question, suffix):
    """What the code must send: the address, and the body or None."""
    if isinstance(question, KeyedQuestion):
        return question.address, question.body
    return question.url(suffix), question.body if question.is_posted else None


# --- run where nothing listens ----------------------------------------------------------------------------------------


@given(QUESTIONS)
@settings(max_examples=60)
def test_python_sends_what_was_asked(question):
    """With pandas and urllib in the hands of the test; texts are marked as texts."""
    asked = {}

    def read_csv(source, dtype, **_):
        asked["texts"] = dtype
        if isinstance(source, str):
            asked["sent"] = source, None

    @contextlib.contextmanager
    def urlopen(request):
        asked["sent"] = request.address, json.loads(request.body)
        yield io.BytesIO(b'{"cubes": {}}')

    class Request:
        def __init__(self, address, body, headers):
            self.address, self.body = address, body
            asked["key"] = headers.get("APIKey")

    urllib_request = types.SimpleNamespace(Request=Request, urlopen=urlopen)
    modules = {
        "pandas": types.SimpleNamespace(read_csv=read_csv),
        "urllib": types.SimpleNamespace(request=urllib_request),
        "json": json,
        "os": types.SimpleNamespace(environ={KEY: "k"}),
    }

    def import_(name, *_):
        return modules[name.partition(".")[0]]

    exec(code("python", question), {"__builtins__": {"__import__": import_, "dict": dict, "str": str, "print": print}})
    assert asked["sent"] == wanted(question, "csv")
    if isinstance(question, KeyedQuestion):
        assert asked["key"] == "k"
    else:
        assert asked["texts"] == dict.fromkeys(question.texts, str)


NODE = """
globalThis.fetch = async (address, options) => {
    process.stdout.write(JSON.stringify([address, options === undefined ? null : JSON.parse(options.body)]));
    return { ok: true, json: async () => ({ measures: [], cubes: {} }) };
};
"""


@given(QUESTIONS)
@by_processes
def test_javascript_sends_what_was_asked(require_program, root, tmp_path, question):
    """Node runs it with a fetch that tells what it was given."""
    node = require_program("node", str(root / ".venv/bin/node"), how="apt-get install nodejs")
    (tmp_path / "before.cjs").write_text(NODE)
    script = tmp_path / "code.js"
    script.write_text(code("javascript", question), encoding="utf-8")
    done = subprocess.run(
        [node, "--require", "./before.cjs", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert tuple(json.loads(done.stdout)) == wanted(question, "json")


CURL = """#!/bin/sh
for argument in "$@"; do printf '%s\\0' "$argument"; done
case "$*" in *--data-binary*) cat ;; esac
"""


@given(QUESTIONS)
@by_processes
def test_the_shell_sends_what_was_asked(tmp_path, question):
    """A shell runs it with a curl that tells its arguments and its body; nothing else is run."""
    script = tmp_path / "code.sh"
    script.write_bytes(code("curl", question).encode())
    fake = tmp_path / "curl"
    if not fake.exists():
        fake.write_text(CURL)
        fake.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", KEY: "k e y"}
    done = subprocess.run(["sh", script], env=environment, cwd=tmp_path, capture_output=True, check=True)
    assert done.stderr == b""
    *arguments, body = done.stdout.decode().split("\0")
    address, posted = wanted(question, "csv")
    assert address in arguments
    assert (json.loads(body) if body else None) == posted
    assert ("APIKey: k e y" in arguments) == isinstance(question, KeyedQuestion)


R = """
hexed <- function(texts) sapply(enc2utf8(texts), function(one) paste(charToRaw(one), collapse = ""))
library <- function(...) invisible(NULL)
fromJSON <- function(...) list(cubes = list())
str <- function(...) invisible(NULL)
download.file <- function(address, answer, extra, ...) {
  body <- readLines(body, encoding = "UTF-8")
  writeLines(c(hexed(address), hexed(paste(body, collapse = "\\n"))))
}
read.csv <- function(source, colClasses, ...) writeLines(c(hexed(source), hexed(names(colClasses))))
"""


@given(QUESTIONS)
@by_processes
def test_r_sends_what_was_asked(require_program, tmp_path, question):
    """R runs it with functions that tell what they were given."""
    r = require_program("Rscript", how="apt-get install r-base-core r-cran-jsonlite")
    script = tmp_path / "code.R"
    script.write_bytes((R + code("r", question)).encode())
    environment = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    done = subprocess.run([r, script], env=environment, capture_output=True, text=True, check=True)
    address, body = wanted(question, "csv")
    said = [bytes.fromhex(line).decode() for line in done.stdout.splitlines()]
    assert said[0] == address
    if body is not None:
        assert json.loads(said[1]) == body
    if isinstance(question, FileQuestion):
        assert said[-len(question.texts) :] == question.texts


@given(QUESTIONS)
def test_power_query_holds_what_was_asked(question):
    """Every token is one of the language, brackets are balanced, the literals say address, body and columns."""
    written = code("power-query", question)
    assert m_language.is_balanced(written)
    steps, last = m_language.steps(written)
    assert last in steps
    address, body = wanted(question, "csv")
    assert steps["Answer"][0] == ("word", "Web.Contents")
    assert m_language.text(steps["Answer"][2][1]) == address
    assert (m_language.value(steps["Query"]) if "Query" in steps else None) == body
    if isinstance(question, FileQuestion):
        opening = steps["Typed"].index(("mark", "{"))
        types_ = m_language.value(steps["Typed"][opening:-3])
        assert types_ == [[name, f"type {'text' if is_text else 'number'}"] for name, is_text in question.columns]


# --- what a reader sees -----------------------------------------------------------------------------------------------


PLAIN = st.sampled_from(["rows=AREA", "x" * LONGEST_ADDRESS])


@given(st.builds(FileQuestion, st.just("http://site/tables"), PLAIN, BODIES, COLUMNS))
def test_code_is_what_it_looks_like(question):
    """No character in it is invisible, turns the direction of writing or ends a line but line ends.

    Addresses have none such, being made of what an address may hold.
    """
    for language in LANGUAGES:
        assert all(character.isprintable() or character == "\n" for character in language.cells(question))


@pytest.mark.parametrize("notation", [JSON, PYTHON, M])
def test_many_codes_stand_side_by_side(notation):
    """A thousand codes are some hundred lines of the usual width."""
    written = notation.of({"codes": [f"E{n:08}" for n in range(1_000)]})
    lines = written.splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert len(lines) < 200
    assert sys.intern("E00000999") in written


def test_an_address_is_left_for_a_body_where_it_is_too_long():
    """At the same length in every language."""
    short = FileQuestion("http://site/tables", "x" * 10, {"database": "d"}, ())
    long = FileQuestion("http://site/tables", "x" * LONGEST_ADDRESS, {"database": "d"}, ())
    assert not short.is_posted
    assert long.is_posted
    for language in LANGUAGES:
        assert "xxxxxxxxxx" in language.cells(short)
        assert "xxxxxxxxxx" not in language.cells(long)
        assert "database" in language.cells(long)
