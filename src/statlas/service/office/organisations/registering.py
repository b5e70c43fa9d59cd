"""Make organisations, and give them their names."""

from __future__ import annotations

import re

from statlas.errors import UnusableNameError
from statlas.office.organisations import queries
from statlas.service.office import acts
from statlas.service.office.actors import Actor
from statlas.service.office.organisations import administering, reading
from statlas.service.office.organisations.reading import OrganisationFacts
from statlas.store import Home
from statlas.wording import _

LONGEST_NAME = 200
"""Characters of a name: what the table holds."""

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


@acts.alone()
def register(*, home: Home, slug: str, name: str, actor: Actor, contact: str = "") -> OrganisationFacts:
    """Make an organisation.

    Raises:
        AccessError: only an administrator of the site may.
        UnusableNameError: its slug or name is empty, too long, ill-formed or taken.
    """
    administering.require_site_administrator(actor)
    if not _SLUG.fullmatch(slug):
        raise UnusableNameError(
            _("An organisation's id has 1 to 60 small letters, digits and hyphens."),
            mend=_("Write it as housing-statistics."),
            name=slug,
        )
    made = queries.add(slug, _checked(name), _checked_contact(contact))
    if made is None:
        raise _taken(name)
    administering.record(home, actor, "organisation.register", made, name=made.name)
    return reading.facts_of(made)


@acts.alone()
def rename(*, home: Home, slug: str, name: str, actor: Actor, contact: str = "") -> OrganisationFacts:
    """Give an organisation another name and contact.

    Raises:
        AccessError, UnknownNameError, UnusableNameError: as ``register`` has them.
    """
    found = administering.administered(slug, actor)
    if not queries.rename(found, _checked(name), _checked_contact(contact)):
        raise _taken(name)
    administering.record(home, actor, "organisation.rename", found, name=name.strip())
    return reading.facts_of(administering.find(slug))


def _checked_contact(contact: str) -> str:
    address = contact.strip()
    if address:
        administering.check_address(address)
    return address


def _checked(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UnusableNameError(
            _("An organisation's name has 1 to {longest} printable characters.").format(longest=LONGEST_NAME),
            name=name,
        )
    return name


def _taken(name: str) -> UnusableNameError:
    return UnusableNameError(
        _("There is an organisation of that name or id already."), mend=_("Choose another."), name=name
    )
