"""The journey *take away*: files, code, the query, a citation, the table on the clipboard and on paper."""

import csv
import io
import json
import re

import pytest

from statlas.model.citing import Citation

TABLE = "/databases/hb_new/table"
BY_AGE = f"{TABLE}?rows=AREA&rows=SEX&columns=AGE"
NOTED = f"{TABLE}?rows=AREA&columns=MONTH&periods=latest(3)"
LONG = f"{TABLE}?rows=AREA@V_AREA&columns=MONTH&periods=latest(3)&empty=shown"


@pytest.fixture
def member(browser, served):
    """A page that may read the clipboard back."""
    context = browser.new_context(
        base_url=served, viewport={"width": 1280, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
    )
    yield context.new_page()
    context.close()


def _clipboard(page, kind):
    return page.evaluate(
        """async kind => { const [item] = await navigator.clipboard.read();
            return (await item.getType(kind)).text() }""",
        kind,
    )


# --- with the mouse ---------------------------------------------------------------------------------------------------


def test_the_table_is_copied_with_its_heads_and_symbols(member):
    """As text in columns and as a rich table; what stands beneath it goes along."""
    member.goto(NOTED)
    member.get_by_role("button", name="Copy table").click()
    member.get_by_role("button", name="Copied").wait_for()
    text = _clipboard(member, "text/plain")
    lines = text.splitlines()
    assert "Housing Benefit Claimants by region and month" in lines[0]
    heads = next(line for line in lines if line.startswith("Region and area\t"))
    assert heads.split("\t")[1:] == ["December 2024", "January 2025", "February 2025"]
    shown = member.locator("#shown-table tbody tr").nth(1).locator("th, td").all_inner_texts()
    assert "\t".join(shown) in lines
    assert any("[r]" in line for line in lines)
    assert "release 1" in lines[-1]
    html = _clipboard(member, "text/html")
    assert html.count("<tr>") == member.locator("#shown-table tr").count()
    assert 'scope="row"' in html
    assert "<a" not in html
    assert "Statlas" in html


def test_every_format_is_one_click_away(member):
    """Each link is in sight, has a name that says what it is, and gives a file under a telling name."""
    member.goto(NOTED)
    links = member.locator(".statlas-files a")
    assert links.count() == 10
    for link in links.all():
        assert link.is_visible()
    for label, suffix in (("Excel (XLSX)", "xlsx"), ("CSV, a line for each number", "csv"), ("Parquet", "parquet")):
        with member.expect_download() as download:
            member.get_by_role("link", name=label).click()
        assert download.value.suggested_filename == f"hb-new-region-and-area-by-month-2025-02.{suffix}"


def test_the_query_is_shown_copied_and_downloaded(member):
    """As Stat-Xplore writes it: the text on the page is that of the file."""
    member.goto(NOTED)
    member.click("text=The query as Stat-Xplore writes it")
    member.get_by_role("button", name="Copy query").click()
    member.get_by_role("button", name="Copied").wait_for()
    copied = member.evaluate("navigator.clipboard.readText()")
    with member.expect_download() as download:
        member.click("text=Download the query")
    assert json.loads(copied) == json.loads(download.value.path().read_text("utf-8"))
    assert json.loads(copied)["database"] == "str:database:hb_new"


# --- by keyboard alone ------------------------------------------------------------------------------------------------


def test_a_citation_is_copied_with_the_keyboard(member):
    """It names who, what, release, day, digest and address."""
    member.goto(NOTED)
    member.locator("#take").evaluate("head => { head.tabIndex = -1; head.focus() }")
    for _ in range(40):
        member.keyboard.press("Tab")
        if member.evaluate("document.activeElement.textContent") == "Copy citation":
            break
    member.keyboard.press("Enter")
    member.get_by_role("button", name="Copied").wait_for()
    cited = member.evaluate("navigator.clipboard.readText()")
    assert re.search(r"Housing Benefit, release 1 \(version 1\.0\.0\), published \d+ \w+ \d{4}", cited)
    assert re.search(r"Query [0-9a-f]{16}\.", cited)
    assert "Synthetic: these numbers are made up" in cited
    assert "release=1" in cited.rpartition(" ")[2]


# --- with scripts off -------------------------------------------------------------------------------------------------


def test_everything_is_taken_away_with_scripts_off(browser, served):
    """Files, code and citation stand there to be used; what only scripts can do is not shown."""
    context = browser.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{BY_AGE}&sort=-1")
    assert page.get_by_role("button", name=re.compile("^Copy")).count() == 0
    with page.expect_download() as download:
        page.click("text=CSV as shown here")
    lines = [*csv.reader(io.StringIO(download.value.path().read_text("utf-8-sig")))]
    heads = [line[0] for line in lines if len(line) > 2 and line[1] == "Female"]
    assert heads == ["North", "Midlands & Wales", "South", "Isles"], "files keep the original order"
    assert "in its original order" in page.locator(".statlas-taking").inner_text()
    with page.expect_download() as download:
        page.click("text=BibTeX")
    assert download.value.path().read_text("utf-8").startswith("@misc{statlas-")
    page.click("#cells-python summary")
    assert "release=1" in page.locator("#cells-python code").inner_text()
    context.close()


@pytest.mark.parametrize(("suffix", "begins", "holds"), [("bib", "@misc{", "url = {"), ("ris", "TY  - DATA", "UR  - ")])
def test_reference_managers_are_served(site, suffix, begins, holds):
    """With the address pinned to its release, and the whole digest of the query."""
    answer = site.get(f"{TABLE}/cite.{suffix}?rows=AREA&columns=AGE")
    text = answer.content.decode()
    assert text.startswith(begins)
    assert holds in text
    assert "release=1" in text
    assert re.search("[0-9a-f]{64}", text)
    assert answer["Content-Disposition"].endswith(f'.{suffix}"')
    assert site.get(f"{TABLE}/cite.doc?rows=AREA").status_code == 404


def test_a_citation_cannot_break_its_format():
    """Braces, backslashes and line ends in labels stay text."""
    made = Citation("A {b} & c", "s", "50% of \\x\nTY  - BOOK", "D_1", "1", "2026-01-02T09:30:00Z", "ab" * 32, "u", "L")
    assert "\\{b\\} \\& c" in made.bibtex
    assert "50\\% of \\textbackslash x" in made.bibtex
    assert made.ris.count("TY  - DATA\r\n") == 1
    assert "\r\nTY  - BOOK" not in made.ris


# --- on paper ---------------------------------------------------------------------------------------------------------


def test_paper_holds_the_table_and_what_is_needed_to_read_it(page, tmp_path):
    """Heads on every page; source, day and address; no builder, buttons or links to press."""
    page.goto(LONG)
    page.emulate_media(media="print")
    for gone in (".statlas-builder__form", ".statlas-take", ".statlas-tools", "#take", "#links", ".govuk-breadcrumbs"):
        assert not page.locator(gone).first.is_visible(), gone
    for stays in (
        "h1",
        "#summary",
        "#shown-table",
        "#reading",
        "text=Source: A seeded generator",
        ".statlas-print-only",
    ):
        assert page.locator(stays).first.is_visible(), stays
    assert "release=1" in page.locator(".statlas-print-only").first.inner_text()
    paper = page.pdf(path=tmp_path / "table.pdf", format="A4")
    assert paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page ") + paper.count(b"/Type /Page/") > 2
    assert (
        page.evaluate("getComputedStyle(document.querySelector('#shown-table thead')).display") == "table-header-group"
    )
