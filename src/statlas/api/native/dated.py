"""Of when a question is, where its body does not say it: a table request of Stat-Xplore has no word for it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

NAMES = ("release", "asOf")
"""The parts of an address that say it."""


@dataclass(frozen=True)
class When:
    """The release or the moment that an address names beside a body; both empty where it names none."""

    release: str = ""
    moment: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> When:
        """What the address says."""
        return cls(*(request.GET.get(name, "") for name in NAMES))


NOW = When()
