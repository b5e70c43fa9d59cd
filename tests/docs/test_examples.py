"""Every example of the documentation runs, in the order of its page, and gives what the page shows.

What a page may hold (the how-to "Work on Statlas" tells writers the same):

* ``python`` blocks run one after the other in one namespace; a block of ``>>>`` lines is checked as a doctest.
* ``console`` blocks: each line after ``$`` runs; it must succeed, or be followed by ``$ echo $?`` and the exit code.
  Lines below a command are its output, ``...`` standing for anything.
* A ``{code-block}`` with a ``:caption:`` that names a file is written to that file.
* Below ``<!-- carries noise -->`` the numbers of a block may differ by as much as noise can: every home draws its own.

A page runs in an empty folder with the repository's ``examples`` in it, and ``../shared`` where there is one.
"""

import doctest
import os
import re
import shlex
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from sybil.document import Document
from sybil.evaluators.doctest import OutputChecker
from sybil.parsers.myst import CodeBlockParser, PythonCodeBlockParser
from sybil.parsers.myst.lexers import DirectiveLexer

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(p for p in (ROOT / "docs").rglob("*.md") if "_build" not in p.parts)])
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE

# Commands a page may show that are not run, each for its reason.
NOT_RUN = {
    "make": "sets up or serves the working copy the tests run in",
    "git": "fetches the repository",
    ". .venv/bin/activate": "changes the shell",
    "pip": "installs from the network",
    "python3 -m pip": "installs from the network",
    ".venv/bin/pytest": "runs this suite",
    "statlas serve": "does not return; the tests of the site start it",
    "statlas demo": "does not return; the tests of the demonstration start it",
}
SHELLS = re.compile(r"^```(bash|sh|shell)\b", re.MULTILINE)


CARRIES_NOISE = "<!-- carries noise -->\n"
FURTHEST = 10
"""Most by which two homes can print the same count under the standard policy: D = 5 up in one, down in the other."""
LOW = "[low]"
NUMBER = rf"[0-9]+(?:,[0-9]{{3}}(?![0-9]))*|{re.escape(LOW)}"


class Output(OutputChecker):
    """Compares what is shown with what was given; ``carries_noise`` lets numbers differ by what noise can do."""

    carries_noise = False

    def check_output(self, want, got, optionflags):
        """Whether the output is the one shown."""
        if self.carries_noise and (found := pattern_of(want).fullmatch(" ".join(got.split()))):
            return all(
                abs(number(a) - number(b)) <= FURTHEST for a, b in zip(numbers(want), found.groups(), strict=True)
            )
        return super().check_output(want, got, optionflags)


def numbers(text):
    """The whole numbers in a text, as they are written, and the symbol that stands for a small one."""
    return re.findall(NUMBER, text)


def number(text):
    """The value of a whole number with or without thousands separators; the largest that is hidden for the symbol."""
    return 4 if text == LOW else int(text.replace(",", ""))


def pattern_of(want):
    """The text with a group for each number, anything for `...`, and blanks of any length."""
    parts = re.split(rf"({NUMBER}|\.\.\.)", " ".join(want.split()))
    meant = [re.escape(p) if n % 2 == 0 else ".*?" if p == "..." else f"({NUMBER})" for n, p in enumerate(parts)]
    return re.compile("".join(meant), re.DOTALL)


OUTPUT = Output()


def is_not_run(command):
    """Whether the command is on the list of those that are shown only."""
    return any(command == name or command.startswith(f"{name} ") for name in NOT_RUN)


def commands(block):
    """The commands of a console block, each with the output lines shown below it."""
    joined = block.replace("\\\n", " ")
    starts = [m.start() for m in re.finditer(r"^\$ ", joined, re.MULTILINE)]
    assert starts, "a console block shows at least one command, after `$ `"
    for start, end in pairwise([*starts, len(joined)]):
        command, _, output = joined[start + 2 : end].partition("\n")
        yield command.strip(), output.strip("\n")


class Console:
    """Runs console blocks, remembering the last exit code as a shell does."""

    def __init__(self):
        """Nothing has run yet."""
        self.exit_code = 0

    def evaluate(self, example):
        """Run the block's commands; a line of what went wrong, or nothing."""
        following = [*commands(example.parsed), ("", "")]
        for (command, shown), (next_command, _) in pairwise(following):
            got = self.run(command)
            if shown and not OUTPUT.check_output(f"{shown}\n", f"{got}\n", FLAGS):
                return f"$ {command}\nshown:\n{shown}\ngot:\n{got}"
            if self.exit_code and next_command != "echo $?":
                return f"$ {command}\nexit code {self.exit_code}:\n{got}"
        return None

    def run(self, command):
        """The output of one command."""
        if command == "echo $?":
            code, self.exit_code = self.exit_code, 0
            return str(code)
        if is_not_run(command):
            return ""
        program, *arguments = shlex.split(command)
        if program == "head":
            return "\n".join(Path(arguments[1]).read_text().splitlines()[: int(arguments[0][1:])])
        if program == "cat":
            return "\n".join(Path(name).read_text().rstrip("\n") for name in arguments)
        assert program == "statlas", f"no test runs `{program}`: show statlas, cat, head or one of {', '.join(NOT_RUN)}"
        return self.statlas(arguments)

    def statlas(self, arguments):
        """The output of the statlas command, as on a terminal 100 columns wide."""
        done = subprocess.run(
            [Path(sys.executable).with_name("statlas"), *arguments],
            env=os.environ | {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.exit_code = done.returncode
        return done.stdout.rstrip("\n")


def captioned_files(document):
    """The blocks that are written to the file their caption names."""
    for region in DirectiveLexer(directive="code-block", arguments=".+")(document):
        if caption := region.lexemes["options"].get("caption"):
            region.parsed = (caption.strip("`"), region.lexemes["source"])
            region.evaluator = write_file
            yield region


def python_blocks(document):
    """The plain ``python`` blocks; one with a caption is a file, which is written and not run."""
    parser = PythonCodeBlockParser(doctest_optionflags=FLAGS)
    parser.doctest_parser.evaluator.runner._checker = OUTPUT
    for region in parser(document):
        if not document.text.startswith("```{", region.start):
            yield region


def write_file(example):
    """Write a captioned block below the page's folder."""
    name, source = example.parsed
    path = Path(name)
    assert not path.is_absolute()
    assert ".." not in path.parts
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(str(source))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The empty folder a page runs in."""
    here = tmp_path / "statlas"
    here.mkdir()
    if (ROOT / "examples").is_dir():
        (here / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(here)
    return here


def evaluate(page):
    """Run every example of a page; gives how many there were."""
    console = CodeBlockParser("console", Console().evaluate)
    document = Document.parse(str(page), captioned_files, python_blocks, console)
    examples = list(document)
    for example in examples:
        OUTPUT.carries_noise = carries_noise(document.text, example.start)
        example.evaluate()
    return len(examples)


def carries_noise(text, start):
    """Whether the block around a place stands below the remark that its numbers carry noise."""
    return text[: text.rindex("```", 0, start + 3)].endswith(CARRIES_NOISE)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_example_of_the_page_runs(page, folder, request):
    """The page's examples run in order and give what it shows."""
    text = page.read_text()
    assert not SHELLS.search(text), "commands are shown in `console` blocks, which are run"
    if "../shared/" in text:
        (folder.parent / "shared").symlink_to(request.getfixturevalue("shared"))
    evaluate(page)


GOOD = """
```{code-block} json
:caption: folder/query.json
{"a": 1}
```

```{code-block} text
:caption: row.csv
E06, 1,234,,,1.7
```

```{code-block} python
:caption: later.py
raise SystemExit("written, not run")
```

```console
$ cat folder/query.json
{"a": ...}
$ statlas --version
statlas ...
$ statlas \\
    no-such-command
Usage: ... No such command ...
$ echo $?
2
$ statlas serve --home home
```

```python
import json, pathlib
n = json.loads(pathlib.Path("folder/query.json").read_text())["a"]
```

```python
>>> n + 1
2
```

<!-- carries noise -->
```python
>>> 120, "a town", 3, "[low]"
(128, 'a town', [low], '5')
```

<!-- carries noise -->
```console
$ cat folder/query.json
{... 9}
$ cat row.csv
E06, 1,230,,,1.7
```
"""

BAD = {
    "wrong output": "```console\n$ statlas --version\nstatlas 99\n```",
    "a failing command": "```console\n$ statlas no-such-command\n```",
    "a wrong exit code": "```console\n$ statlas no-such-command\n$ echo $?\n3\n```",
    "an unknown program": "```console\n$ ls\n```",
    "no command": "```console\nstatlas --version\n```",
    "failing python": "```python\nassert False\n```",
    "a wrong result": "```python\n>>> 1 + 1\n3\n```",
    "more than noise": "<!-- carries noise -->\n```python\n>>> 100 + 1\n112\n```",
    "noise unsaid": "```python\n>>> 100 + 1\n102\n```",
    "more than small": "<!-- carries noise -->\n```python\n>>> 15\n[low]\n```",
    "another word": "<!-- carries noise -->\n```python\n>>> 1, 'low'\n(1, 'shown')\n```",
    "a file elsewhere": "```{code-block} json\n:caption: ../query.json\n{}\n```",
}


def test_each_kind_of_example_is_run(folder):
    """A page with one of each kind of example has all of them run."""
    (folder / "page.md").write_text(GOOD)
    assert evaluate(folder / "page.md") == 8


@pytest.mark.parametrize("fault", BAD)
def test_an_example_that_is_not_true_fails(folder, fault):
    """A page that shows something untrue fails."""
    (folder / "page.md").write_text(BAD[fault])
    with pytest.raises((AssertionError, ZeroDivisionError)):
        evaluate(folder / "page.md")
