"""The page of the counts in a browser."""

import pytest
from accessible import assert_accessible


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_for_everybody(browser, served, axe, scheme):
    """No violation under axe, nothing that scrolls sideways, wide and narrow."""
    context = browser.new_context(base_url=served, bypass_csp=True, color_scheme=scheme)
    page = context.new_page()
    page.goto("/databases/hb_new")
    page.goto("/usage")
    assert page.get_by_role("rowheader", name="All databases").count() == 1
    assert_accessible(page, axe)
    context.close()
