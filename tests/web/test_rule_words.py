"""The rules of a database, one by one, in words for everybody."""

from dataclasses import replace

from statlas.disclosure.policy import policy_for
from statlas.disclosure.rules import Exclusion, RuleLimits
from statlas.web.rule_words import rules


def _said(database, **limits):
    return rules(database, replace(policy_for("standard"), rules=RuleLimits(**limits)))


def test_every_rule_that_is_on_is_named_with_its_number(database):
    """How many fields, by small areas, fields that exclude each other, cells an area may have, sparse areas."""
    said = _said(
        database,
        max_variables=6,
        max_variables_small=4,
        mean_cell_size=2.0,
        exclusions=(Exclusion(("AGE", "SEX"), 1),),
        sparsity=True,
    )
    wanted = ("At most 6 fields", "at most 4 fields", "1 goes into one table", "fewer than 2 people", "very small")
    for words in wanted:
        assert any(words in sentence for sentence in said), words


def test_a_rule_that_is_off_or_cannot_matter_is_not_named(database):
    """A page names what can happen to a table and nothing else; open data have no rules."""
    off = {"max_variables": None, "max_variables_small": None, "mean_cell_size": None, "one_geography": False}
    assert _said(database, **off, exclusions=(Exclusion(("AGE", "NOWHERE"), 1),)) == ()
    assert rules(database, policy_for("open")) == ()


def test_the_page_of_a_database_names_its_rules(get):
    """Beneath how numbers are changed; a table that they leave out of is marked with [c]."""
    page = get("/databases/hb_new")
    assert "Rules that every table must keep" in page
    assert "At most 5 fields go into one table" in page
    assert "Rules that every table must keep" not in get("/databases/rents")
