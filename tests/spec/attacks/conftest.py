"""Every attack tells what it measured; ``pytest -v tests/spec/attacks`` closes with the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

_MARK = "measured: "


@pytest.fixture(scope="module", params=[1, pytest.param(8, marks=pytest.mark.slow)], ids=["quick", "large"])
def scale(request: Any) -> int:
    """How many times as many areas as a quick run attacks."""
    return request.param


@pytest.fixture
def measured(request: Any, record_property: Callable[[str, Any], None]) -> Callable[[str, float], float]:
    """``measured("A1 averaging, ours", share)`` puts the share into the closing table and gives it back."""
    size = " (large)" if "scale" in request.fixturenames and request.getfixturevalue("scale") > 1 else ""

    def tell(what: str, value: float) -> float:
        record_property(f"{_MARK}{what}{size}", round(float(value), 3))
        return value

    return tell


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table of what was measured, for ``-v``."""
    reports = [report for kind in ("passed", "failed", "xfailed") for report in terminalreporter.stats.get(kind, ())]
    found = [pair for report in reports for pair in report.user_properties if pair[0].startswith(_MARK)]
    if not found or terminalreporter.verbosity < 1:
        return
    terminalreporter.section("what the attacks measured")
    for what, value in sorted(found):
        terminalreporter.write_line(f"{value:7.3f}  {what.removeprefix(_MARK)}")
