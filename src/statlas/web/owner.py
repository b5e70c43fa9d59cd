"""Who the processes of a site are: where root serves another's home, pages run as its owner and the keeper as root.

The process that starts the others acts as the owner of the home from its start on, so that whatever it makes is the
owner's; it keeps the right to be root for one thing, to start the keeper. A process that answers the public gives that
right up before it loads a page, and can never have it again.
"""

from __future__ import annotations

import os
import pwd
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from statlas.errors import SettingsError


@dataclass(frozen=True)
class Owner:
    """The user and the group that a home belongs to."""

    user: int
    group: int


ROOT = Owner(0, 0)

_roots_own: dict[str, str] = {}
"""What the environment said before this process acted as somebody else."""

_PACKAGE = Path(__file__).parents[1]
_OF_A_USER = ("HOME", "USER", "LOGNAME", "NUMBA_CACHE_DIR")


def owner_of(home: Path) -> Owner | None:
    """Whom pages shall be answered by; None where that is whoever serves: the home is theirs, or they are not root."""
    with suppress(FileNotFoundError):
        found = home.stat()
        if os.geteuid() == 0 and found.st_uid != 0:
            return Owner(found.st_uid, found.st_gid)
    return None


def act_as(owner: Owner, home: Path) -> None:
    """Act as the owner of a home from now on, in the whole process; ``start_keeper`` alone may still be root.

    Raises:
        SettingsError: the owner cannot reach the home, or the program that answers pages.
    """
    os.setgroups(_groups(owner))
    os.setegid(owner.group)
    os.seteuid(owner.user)
    _roots_own.update(os.environ)
    os.environ.update(_environment(owner, home))
    for needed in (home, Path(sys.executable), Path(__file__), Path(os.__file__)):
        if not os.access(needed, os.R_OK, effective_ids=True):
            raise SettingsError(
                f"{_name(owner)}, to whom {home} belongs, may not read {needed}; pages are answered by that user.",
                mend="Let that user reach it, or give the home to the user that serves: `chown -R root`.",
                setting="home",
            )


def give_up_root() -> None:
    """Be for good whom this process acts as; nothing where it is root on purpose, or is not root at all."""
    user, group = os.geteuid(), os.getegid()
    if os.getuid() != user or os.getgid() != group:
        os.setresgid(group, group, group)
        os.setresuid(user, user, user)
    assert user == 0 or 0 not in os.getresuid(), "root is given up whole"


def _groups(owner: Owner) -> list[int]:
    """The groups of the owner, as after signing in."""
    try:
        return os.getgrouplist(_name(owner), owner.group)
    except KeyError:
        return [owner.group]


def _name(owner: Owner) -> str:
    try:
        return pwd.getpwuid(owner.user).pw_name
    except KeyError:
        return f"user {owner.user}"


def _environment(owner: Owner, home: Path) -> dict[str, str]:
    """What programs ask the environment about the user they run as."""
    found = {"HOME": "/nonexistent"}
    with suppress(KeyError):
        known = pwd.getpwuid(owner.user)
        found = {"HOME": known.pw_dir, "USER": known.pw_name, "LOGNAME": known.pw_name}
    if not os.access(_PACKAGE, os.W_OK, effective_ids=True):
        # Compiled loops are kept where the owner can write; they would be compiled anew by every process.
        found["NUMBA_CACHE_DIR"] = str(home / "cache" / "compiled")
    return found


def roots_environment() -> dict[str, str]:
    """The environment of what this process starts as root: nothing in it leads to a folder of the owner's.

    From the folder of a user Python would load programs of theirs, and numba loops that they compiled.
    """
    ours = {name: value for name, value in os.environ.items() if name not in _OF_A_USER}
    return ours | {name: _roots_own[name] for name in _OF_A_USER if name in _roots_own}
