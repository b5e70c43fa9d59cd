"""Releases on their way as lines for a terminal."""

from types import SimpleNamespace

import pytest

from statlas.cli.release import text as release_text
from statlas.office.releases.states import Act


def _said(acts, readers):
    return ", ".join(release_text._commands(SimpleNamespace(acts=acts), readers))


@pytest.mark.parametrize(
    ("readers", "said"),
    [
        ((), "send-back, access --grant"),
        ((SimpleNamespace(revoked=True),), "send-back, access --grant"),
        ((SimpleNamespace(revoked=True), SimpleNamespace(revoked=False)), "send-back, access --grant, access --revoke"),
    ],
)
def test_what_can_be_done_is_said_as_it_is_typed(readers, said):
    """Nobody is sent to a command that there is not, nor asked to take away what nobody has."""
    assert _said((Act.SEND_BACK, Act.GRANT_ACCESS, Act.REVOKE_ACCESS), readers) == said
