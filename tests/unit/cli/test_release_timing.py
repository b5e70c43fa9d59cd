"""``statlas release schedule``: what is no day or time is said, in the words of the option, before anything is done."""

import pytest
from typer.testing import CliRunner

from statlas.cli import app


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--on", "nonsense"], "'nonsense' is not a day."),
        (["--on", "2027-02-30"], "'2027-02-30' is not a day."),
        (["--on", "2027-02-09", "--at", "nonsense"], "'nonsense' is not a time of day."),
        (["--on", "2027-02-09", "--at", "25:00"], "'25:00' is not a time of day."),
        (["--on", "2027-02-09", "--at", ""], "'' is not a time of day."),
    ],
)
def test_what_is_no_day_or_time_is_said(tmp_path, options, said):
    """What was given, and how it is written."""
    done = CliRunner().invoke(app, ["release", "schedule", "clubs", *options, "--home", str(tmp_path / "none")])
    assert done.exit_code == 2
    assert said in " ".join(done.output.split())
    assert "Write it as --" in done.output
    assert "Value error" not in done.output
    assert not (tmp_path / "none").exists()
