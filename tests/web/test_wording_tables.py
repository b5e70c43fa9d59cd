"""Every sentence of a table, of its cells and of its files passes through the catalogue."""

import pytest
from pseudo import labels_of, untranslated

from statlas import wording
from statlas.office.jobs.models import Job
from statlas.service import tables
from statlas.service.office.jobs import running

TABLE = "/databases/hb_new/table"
NEW = "/jobs/new?database=hb_new&rows=MONTH&rows=AREA&columns=TENURE&periods=all&release=1"
TABLES = (
    f"{TABLE}?rows=AREA&columns=TENURE&columns=MONTH&periods=latest(3)&sort=-2",
    f"{TABLE}?rows=AREA&wafers=SEX&wafer=2",
    f"{TABLE}?rows=AREA&rows=SEX&columns=AGE&total=SEX&filter.TENURE=C_TENURE:1&ask=on&empty=shown",
    f"{TABLE}?rows=AREA&columns=SEX&measure=V_F_HB_NEW&measure=LAHBAMT:MEAN&derived=percentage;row&sort=label",
    f"{TABLE}?rows=AREA&derived=rank;AREA&sort=-1",
)


@pytest.fixture(scope="session")
def labels(home):
    """What is data on the pages of the test site."""
    return [label for database in tables.databases(home=home) for label in labels_of(database)]


def _left(page, labels):
    """What is not translated of the main part; the builder beside a table has its own test."""
    main = page.partition("<main")[2].partition("</main>")[0]
    if "statlas-builder__table" in main:
        before, _form, after = main.partition('id="table"')[2].partition('class="statlas-builder__form"')
        main = before.rpartition("</div>")[0] + after.partition('class="statlas-builder__beneath"')[2]
    return untranslated(f"<main {main}", labels)


@pytest.mark.parametrize("address", TABLES)
def test_every_sentence_of_a_table_can_be_translated(site, labels, address):
    """Title, summary, tools, heads, legend, notes, files, citation and links."""
    with wording.speaking(wording.PSEUDO):
        page = site.get(address).content.decode()
    assert _left(page, labels) == []


def test_every_sentence_of_a_cell_can_be_translated(site, labels):
    """What it counts, noise, notes, history, and how to find it again."""
    with wording.speaking(wording.PSEUDO):
        page = site.get(f"{TABLE}/cell?rows=AREA&columns=AGE&cell=7", follow=True).content.decode()
    assert _left(page, labels) == []


def test_every_sentence_of_a_file_can_be_translated(site, labels, db):
    """The form, the states of a job, the list of files, and a file that is not there."""
    with wording.speaking(wording.PSEUDO):
        pages = [site.get(NEW).content.decode(), site.get("/jobs").content.decode()]
        pages.append(site.get(f"/jobs/{'0' * 32}").content.decode())
        address = site.post(NEW, {"format": "csv"})["Location"]
        pages.append(site.get(address).content.decode())
        running.run(Job.objects.get().pk)
        pages.append(site.get(address).content.decode())
    for page in pages:
        assert _left(page, labels) == []
