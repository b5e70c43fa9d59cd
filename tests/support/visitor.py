"""Somebody at a browser of their own, who uses it in one way."""

from __future__ import annotations

from typing import Any


class Visitor:
    """A page of a browser, used by mouse, by keyboard alone, or with scripts off."""

    def __init__(self, browser: Any, address: str, how: str = "mouse", *, width: int = 1280, **options: Any) -> None:
        size, self._is_narrow = {"width": width, "height": 900}, width < 400
        self.context = browser.new_context(
            base_url=address, viewport=size, java_script_enabled=how != "no scripts", **options
        )
        self.page, self.how = self.context.new_page(), how
        self.page.set_default_timeout(15_000)
        self.page.set_default_navigation_timeout(60_000)

    def go(self, address: str) -> None:
        """Type an address."""
        self.page.goto(address)

    def press(self, name: str, role: str = "link", **named: Any) -> None:
        """Follow a link or press a button, by pointer, or by Tab and Enter alone; on a phone the next page fits."""
        found = self.page.get_by_role(role, name=name, **named).first
        assert found.count(), (name, self.page.url, self.text())
        if self.how == "keyboard":
            self._reach(found, name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter") if self.how == "keyboard" else found.click()
        if self._is_narrow:
            self.fits()

    def write(self, label: str, text: str) -> None:
        """Fill in a field, which stands open."""
        field = self.page.get_by_label(label).first
        if self.how == "keyboard":
            self._reach(field, label)
        if self.how != "keyboard" or field.get_attribute("type") in ("date", "time"):
            field.fill(text)
            return
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def text(self) -> str:
        """What the page says."""
        return " ".join(self.page.locator("main").inner_text().split())

    def fits(self) -> None:
        """Nothing scrolls sideways."""
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), self.page.url

    def _reach(self, found: Any, name: str) -> None:
        target = found.element_handle()
        for _ in range(150):
            if target.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never comes to {name}")
