"""How the command line tells of errors."""

import pytest
import typer
from typer.testing import CliRunner

from statlas.cli import app
from statlas.cli.explaining import ExplainingGroup
from statlas.errors import AccessError, BackendError, DataError, DisclosureRefused, QueryError
from statlas.model.faults import Fault, FaultReport


def run(error):
    """Run a command that raises ``error``."""
    failing = typer.Typer(cls=ExplainingGroup, pretty_exceptions_enable=False)

    @failing.callback()
    def group():
        pass

    @failing.command()
    def fail():
        raise error

    return CliRunner().invoke(failing, ["fail"])


@pytest.mark.parametrize(
    "error",
    [
        QueryError("The query is empty.", mend="Name a field."),
        DataError("The file has faults.", mend="Name a field."),
        DisclosureRefused("Too sparse.", rule="sparse", mend="Name a field."),
        AccessError("Not yet.", mend="Name a field."),
        BackendError("The disk is full.", mend="Name a field."),
    ],
    ids=lambda error: error.code,
)
def test_an_error_of_ours_is_explained_and_its_family_is_the_exit_code(error):
    """Title, message and mending on stderr, no traceback, nothing on stdout."""
    result = run(error)
    assert result.exit_code == error.exit_code
    assert result.stdout == ""
    assert result.stderr.splitlines() == [f"{error.title}.", error.message, "To mend it: Name a field."]


def test_every_fault_is_printed():
    """All faults of a data error are listed, each on its own line with the code under which it is explained."""
    faults = FaultReport((Fault("blank", "a.csv", "[bold]a value[/bold]"), Fault("not-a-date", "b.csv", "a month")))
    result = run(DataError("Two faults.", faults=faults))
    assert "  a.csv: [bold]a value[/bold] [blank]\n  b.csv: a month [not-a-date]\n" in result.stderr


def test_a_fault_of_ours_is_not_dressed_up():
    """An exception that is not ours is a bug, and stays one."""
    result = run(ZeroDivisionError())
    assert isinstance(result.exception, ZeroDivisionError)


def test_version_prints_the_version():
    """`statlas --version` prints name and version and stops."""
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.stdout) == (0, "statlas 0.1.0\n")


def test_an_unknown_command_is_a_usage_error():
    """A command that does not exist exits with 2 and says so on stderr."""
    result = CliRunner().invoke(app, ["no-such-command"])
    assert result.exit_code == 2
    assert "no-such-command" in result.stderr


def test_ctrl_c_in_the_middle_of_a_query_is_ctrl_c():
    """DuckDB tells of it as an error of its own, which would end in a traceback; other errors do not."""
    stopped = run(RuntimeError("Query interrupted"))
    assert isinstance(stopped.exception, SystemExit)
    assert "Traceback" not in stopped.stderr
    assert isinstance(run(RuntimeError("else")).exception, RuntimeError)
