"""Heads of the audit log that the keeper noted in its own folder, out of reach of whoever answers pages.

Who may write to the log could write a whole other one, each line of which vouches for the next. Of a line whose head
was noted here that is noticed: the log is compared with every head noted since it was last found to be as written.
"""

from __future__ import annotations

from contextlib import suppress

from statlas.service.keeper import privacy
from statlas.service.tables import auditing
from statlas.service.tables.auditing import Head
from statlas.store import Home, durable, layout

_FILE = "audit.heads"


class NotedHeads:
    """The heads that are noted of a home."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._heads = self._read()

    @property
    def all(self) -> tuple[Head, ...]:
        """Every head, in the order in which they were noted."""
        return tuple(self._heads)

    def note(self) -> None:
        """Note where the log ends now, if that was not noted yet.

        Raises:
            OSError: it cannot be kept.
        """
        head = auditing.head(home=self._home)
        if head is not None and head not in self._heads:
            self._keep([*self._heads, head])

    def forget_before(self, proven: Head) -> None:
        """Forget what a head that was compared with the whole log vouches for.

        Raises:
            OSError: it cannot be kept.
        """
        left = [proven, *(head for head in self._heads if head.lines > proven.lines)]
        if left != self._heads:
            self._keep(left)

    def _keep(self, heads: list[Head]) -> None:
        with privacy.as_keeper():
            durable.replace(layout.keeper_folder(self._home.path) / _FILE, "".join(f"{h}\n" for h in heads).encode())
        self._heads = heads

    def _read(self) -> list[Head]:
        with privacy.as_keeper(), suppress(FileNotFoundError):
            lines = (layout.keeper_folder(self._home.path) / _FILE).read_text("ascii").splitlines()
            return [head for line in lines if (head := Head.read(line)) is not None]
        return []
