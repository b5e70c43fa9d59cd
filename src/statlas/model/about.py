"""What a file says of a table that the numbers do not: its title, where it stands, and whom to ask."""

from __future__ import annotations

from dataclasses import dataclass

from statlas.model import titles
from statlas.model.cells import CubeContent
from statlas.model.database import Contact, Database
from statlas.model.query_data import digest_of


@dataclass(frozen=True)
class About:
    """What a file says that is not in the cube: ``About("Housing Benefit Claimants by region and month")``.

    subtitle: what holds for the whole table, *Month: September 2025*.
    link: permanent address of the table, empty where it has none.
    made: ISO time; that of the release unless a door says otherwise, so that the same table is the same bytes for good.
    digest: SHA-256 of the query as answered, its release included.
    contact: who answers questions.
    """

    title: str
    subtitle: str = ""
    link: str = ""
    made: str = ""
    digest: str = ""
    contact: str = ""


def about_of(
    cube: CubeContent, link: str = "", *, database: Database | None = None, title: str = "", made: str = ""
) -> About:
    """What can be said of a cube.

    Args:
        cube: the table.
        link: its permanent address.
        database: names levels, filters and the contact, where it is at hand.
        title: the publisher's, where the table is one made ready.
        made: when, in ISO 8601; the time of the release if empty.
    """
    return About(
        title or titles.title(cube, database),
        titles.subtitle(cube, database),
        link,
        made or cube.released,
        digest_of(cube.query),
        "" if database is None else _contact(database.contact),
    )


def _contact(contact: Contact) -> str:
    return ", ".join(part for part in (contact.name, contact.email) if part)
