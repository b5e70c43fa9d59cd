"""Whether everybody can use a page, as far as a machine can tell."""

from __future__ import annotations

from typing import Any

WIDTHS = (1280, 320)
"""A desk, and a phone: or 400% zoom."""


def assert_accessible(page: Any, axe: str) -> None:
    """Nothing against WCAG 2.2 A and AA nor good practice, and nothing scrolls sideways, with all that is folded open.

    The page's browser has to bypass its policy for scripts.
    """
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.evaluate(axe)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found = page.evaluate("axe.run(document)")["violations"]
        assert not found, (page.url, [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (page.url, width)
