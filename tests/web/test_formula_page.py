"""The page where a formula is written: names to use, mistakes with their place, changing and taking out."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = pytest.mark.django_db

TABLE = "/databases/hb_new/table"
PAGE = f"{TABLE}/formula"
NUMBERS = "rows=AREA&columns=MONTH&measure=V_F_HB_NEW&measure=LAHBAMT:SUM"
SHARE = "derived=formula;Private;100*{2}/({1}%2B{2});TENURE"


def _text(page):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


@pytest.fixture
def write(site):
    """``write(table, act="save", label=..., expression=...)``: the answer to a button of the page."""

    def written(table, act="save", **answers):
        pairs = [part.partition("=")[::2] for part in table.replace("%2B", "+").split("&")]
        sent = {}
        for name, value in pairs:
            sent.setdefault(name, []).append(value)
        return site.post(f"{PAGE}/write", {**sent, "act": act, **answers})

    return written


def derived(response):
    """The derived numbers of the table that an answer leads to."""
    assert response.status_code == 303, response.content.decode()
    return parse_qs(urlsplit(response["Location"]).query).get("derived", [])


def test_a_formula_over_numbers_comes_into_the_table(write, get):
    """Pounds for each claim, with two decimals."""
    response = write(NUMBERS, label="Each", expression="{LAHBAMT:SUM} / {V_F_HB_NEW}", decimals="2")
    assert derived(response) == ["formula;Each;{LAHBAMT:SUM} / {V_F_HB_NEW};;2"]
    assert "Each" in _text(get(response["Location"].partition("#")[0]))


def test_a_formula_over_categories_comes_into_the_table(write, get):
    """Social and private together, by code."""
    response = write("rows=TENURE&columns=MONTH", label="Both", expression="{1}+{2}", over="TENURE", decimals="0")
    assert derived(response) == ["formula;Both;{1}+{2};TENURE;0"]
    assert "Both" in _text(get(response["Location"].partition("#")[0]))


def test_names_are_listed_and_put_in(get, write):
    """The numbers of the database, or the categories of a field and their total."""
    assert "{LAHBAMT:MEAN}" in get(f"{PAGE}?{NUMBERS}")
    over = get(f"{PAGE}?rows=TENURE&over=TENURE")
    assert "Private rented" in over
    assert "{Total}" in over
    page = write(NUMBERS, act="insert;LAHBAMT:SUM", label="x", expression="2 *").content.decode()
    assert ">2 * {LAHBAMT:SUM}</textarea>" in page


def test_a_mistake_is_told_with_its_place(write):
    """What was written stays, and the place is marked."""
    response = write(NUMBERS, label="Each", expression="{V_F_HB_NEW} + * 2")
    assert response.status_code == 400
    page = response.content.decode()
    assert "cannot be read at character 16" in page
    assert "<mark>*</mark>" in page
    assert ">{V_F_HB_NEW} + * 2</textarea>" in page


@pytest.mark.parametrize(
    ("expression", "over", "said"),
    [
        ("", "", "a number or a name in braces is expected"),
        ("1 + 1", "", "names no number"),
        ("{NOPE}", "", "NOPE"),
        ("{1} / {9}", "TENURE", "9"),
        ("{1}", "AGE", "is not in the table"),
        ("{" * 50, "", "character 1"),
        ("{V_F_HB_NEW}" + "+1" * 2_000, "", "longer than"),
        ("<script>", "", "has no meaning there"),
    ],
)
def test_what_makes_no_sense_is_refused_on_the_page(write, expression, over, said):
    """Before the table is asked for."""
    response = write("rows=TENURE&columns=MONTH", label="F", expression=expression, over=over)
    assert response.status_code == 400
    assert said in _text(response.content.decode())
    assert "<script>" not in response.content.decode().replace('<script type="module"', "")


@pytest.mark.parametrize("label", ["", " ", "x" * 101, "Private"])
def test_a_name_that_cannot_be_is_refused(write, label):
    """Empty, too long, or that of another formula of the table."""
    response = write(f"rows=TENURE&{SHARE}", label=label, expression="{1}", over="TENURE")
    assert response.status_code == 400
    assert 'href="#label"' in response.content.decode()


def test_a_formula_is_changed_and_taken_out(get, write):
    """In its place among what is worked out."""
    table = f"rows=TENURE&columns=MONTH&{SHARE}&derived=percentage;row"
    page = get(f"{PAGE}?{table}&edit=0")
    assert "Change a formula" in page
    assert 'value="Private"' in page
    changed = write(table, edit="0", label="Social", expression="{1}/({1}+{2})", over="TENURE", decimals="3")
    assert derived(changed) == ["formula;Social;{1}/({1}+{2});TENURE;3", "percentage;row"]
    assert derived(write(table, act="remove", edit="0")) == ["percentage;row"]


def test_addresses_that_cannot_be_read_lead_to_the_table(site):
    """There they are explained."""
    assert site.get(f"{PAGE}?rows=NOPE").status_code == 302
    assert site.get(f"{PAGE}?rows=AREA&over=NOPE").status_code == 302
    assert site.get(f"{PAGE}?rows=AREA&edit=99&decimals=x").status_code == 200
