"""Keys that never leave the machine."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from statlas.errors import HomeError
from statlas.store import Home, secret


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever the process lets others do."""
    before = os.umask(request.param)
    yield
    os.umask(before)


def test_a_secret_is_its_owners_alone(home: Home, umask: None) -> None:
    """The folder has mode 0700 and the file 0600 under any umask, from the moment they are there."""
    home.secret("noise.v1", 16)
    assert (home.path / "secrets").stat().st_mode & 0o777 == 0o700
    assert [p.stat().st_mode & 0o777 for p in (home.path / "secrets").iterdir()] == [0o600]


def test_a_secret_stays(home: Home) -> None:
    """Made on first use from the system's generator, a secret is the same ever after, and names differ."""
    made = home.secret("family-dwp.v1", 32)
    assert len(made) == 32
    assert Home(home.path).secret("family-dwp.v1", 32) == made
    assert home.secret("family-other.v1", 32) != made
    assert (home.path / "secrets" / "family-dwp.v1.key").read_text("ascii") == f"{made.hex()}\n"


def test_all_who_make_a_secret_at_once_get_the_same(home: Home) -> None:
    """Of many that make a secret at one moment one wins, and nothing but the secret is left."""
    home.create()
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: home.secret("noise.v1", 16), range(64)))
    assert len(set(found)) == 1
    assert [p.name for p in (home.path / "secrets").iterdir()] == ["noise.v1.key"]


@pytest.mark.parametrize("text", [b"", b"00", b"zz" * 16, b"\xff" * 32, b"00" * 32])
def test_a_damaged_secret_is_refused_unseen(home: Home, text: bytes) -> None:
    """A secret of another length, or none, is never replaced by a new one and never shown."""
    home.secret("noise.v1", 16)
    path = home.path / "secrets" / "noise.v1.key"
    path.write_bytes(text)
    with pytest.raises(HomeError, match="does not hold a secret") as raised:
        home.secret("noise.v1", 16)
    assert "zz" not in str(raised.value)
    assert raised.value.__suppress_context__
    assert path.read_bytes() == text


def test_a_secret_that_others_may_read_is_refused(home: Home) -> None:
    """The error says which command mends it."""
    home.secret("noise.v1", 16)
    path = home.path / "secrets" / "noise.v1.key"
    path.chmod(0o640)
    with pytest.raises(HomeError, match=f"chmod 600 {path}"):
        home.secret("noise.v1", 16)
    path.chmod(0o600)
    path.parent.chmod(0o750)
    with pytest.raises(HomeError, match="chmod 700"):
        home.secret("family-new.v1", 32)


@pytest.mark.parametrize("name", ["../noise", "a/b", ".hidden", "", "x" * 200, "a\nb", "é"])
def test_names_cannot_leave_the_folder(home: Home, name: str) -> None:
    """A family's name is part of a file's name, so it is checked first."""
    with pytest.raises(HomeError, match="cannot be the id"):
        home.secret(name, 16)
    assert not home.path.exists()


def test_a_process_killed_while_making_a_secret_leaves_none(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A half-written secret never has the name of one."""
    home.create()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "link", killed)
        with pytest.raises(KeyboardInterrupt):
            home.secret("noise.v1", 16)
    assert secret.read(home.path / "secrets" / "noise.v1.key", 16) is None
    assert len(home.secret("noise.v1", 16)) == 16
