"""``statlas admin create``: the first administrator, whose password stands on no command line."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

STATLAS = Path(sys.executable).with_name("statlas")
EMAIL = "head@example.org"
PASSWORD = "copper violin umbrella"


@pytest.fixture
def create(tmp_path):
    """Run ``statlas admin create`` at a terminal; its exit code and all that the terminal shows."""

    def run(*arguments, typed=(), **environment):
        mine, its = pty.openpty()
        command = [STATLAS, "admin", "create", *arguments, "--home", tmp_path / "home"]
        started = subprocess.Popen(
            command, stdin=its, stdout=its, stderr=its, env={**os.environ, **environment}, start_new_session=True
        )
        os.close(its)
        shown = ""
        for n, line in enumerate(typed, 1):
            # What is typed before it is asked for is thrown away.
            while shown.count(": ") < n:
                shown += os.read(mine, 1024).decode()
            os.write(mine, f"{line}\n".encode())
        while True:
            try:
                shown += os.read(mine, 1024).decode()
            except OSError:
                break
        return started.wait(timeout=30), shown

    return run


def test_the_password_is_asked_for_twice_and_never_shown(create, tmp_path):
    """It is kept as a hash alone; asking again for the same address gives the role and leaves the password."""
    code, shown = create(EMAIL, typed=(PASSWORD, PASSWORD))
    assert code == 0, shown
    assert PASSWORD not in shown
    assert "can sign in at /account/sign-in" in shown
    kept = (tmp_path / "home" / "site.sqlite3").read_bytes()
    assert EMAIL.encode() in kept
    assert PASSWORD.encode() not in kept
    code, shown = create(EMAIL)
    assert code == 0, shown
    assert "its password is what it was" in shown


def test_a_weak_password_is_refused(create):
    """With the reason, and the exit code of an asker's mistake."""
    code, shown = create(EMAIL, typed=("password", "password"))
    assert code == 2
    assert "too common" in shown


@pytest.mark.parametrize("email", ["nobody", "two@at@signs", "a@b\n.org"])
def test_an_address_has_to_be_one(create, email):
    """A slip of the keyboard makes no account."""
    code, shown = create(email, typed=(PASSWORD, PASSWORD))
    assert code == 2
    assert "This is no e-mail address" in shown


def test_there_is_no_way_to_say_a_password_on_the_command_line(create):
    """Other users of the machine could read it in the list of processes."""
    code, _ = create(EMAIL, "--password", PASSWORD)
    assert code == 2


def test_a_letter_takes_a_mail_server(create, tmp_path):
    """Without one nothing is made."""
    code, shown = create(EMAIL, "--send-link", "https://statistics.example.net")
    assert code == 5
    assert "STATLAS_EMAIL_URL" in shown
    assert not (tmp_path / "home").exists()
