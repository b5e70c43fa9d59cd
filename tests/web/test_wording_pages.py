import pytest
from pseudo import labels_of, untranslated

from statlas import wording
from statlas.service import tables

DONE = (
    *("/", "/search", "/search?q=tenure+North", "/search?q=nothign+at+all", "/search?q=claimants&kind=field"),
    *("/search?q=women+tenure&part=list", "/catalogue", "/catalogue?find=rents", "/catalogue?find=nothing"),
    *("/help", "/help/tour", "/help/glossary", "/accessibility", "/about", "/privacy"),
    *("/errors/refused", "/errors/unknown-name", "/nothing"),
)
"""Pages of which every sentence passes through the catalogue; the rest are on their way."""


@pytest.fixture(scope="session")
def labels(home):
    """What is data on the pages of the test site."""
    return [label for database in tables.databases(home=home) for label in labels_of(database)]


@pytest.mark.parametrize("address", DONE)
def test_every_sentence_of_a_page_can_be_translated(site, labels, address):
    """Nothing but data stands outside the brackets of the pseudo-language."""
    with wording.speaking(wording.PSEUDO):
        page = site.get(address).content.decode()
    assert untranslated(page, labels) == []
