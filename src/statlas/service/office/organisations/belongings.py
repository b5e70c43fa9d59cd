"""Which databases and policies are an organisation's own."""

from __future__ import annotations

from statlas.definitions.policy_form import PRESETS
from statlas.errors import UnusableNameError
from statlas.office.organisations import queries
from statlas.office.organisations.models import Belonging
from statlas.office.releases import queries as release_queries
from statlas.service.office import acts
from statlas.service.office.actors import Actor
from statlas.service.office.organisations import administering
from statlas.store import Home
from statlas.wording import _

LONGEST_ID = 100
"""Characters of an id: what the table holds."""

_DATABASE, _POLICY = Belonging.Kind.DATABASE, Belonging.Kind.POLICY


@acts.alone()
def claim(*, home: Home, slug: str, actor: Actor, database_id: str = "", policy: str = "") -> None:
    """Make a database or a policy an organisation's.

    Raises:
        AccessError: only an administrator of the site moves what is another's; one of the organisation claims what is
            nobody's.
        UnknownNameError: there is no such organisation.
        UnusableNameError: the policy is a preset, which is everybody's.
    """
    found = administering.administered(slug, actor)
    _check_no_preset(policy)
    for kind, name in ((_DATABASE, database_id), (_POLICY, policy)):
        if name:
            _check_id(name)
            _require_may_take(home, actor, kind, name)
            queries.claim(found, kind, name)
            administering.record(home, actor, "organisation.claim", found, kind=kind.value, name=name)


def _require_may_take(home: Home, actor: Actor, kind: Belonging.Kind, name: str) -> None:
    """What is claimed is moved by the site's administrators alone; and so is what is in use already."""
    if kind is _DATABASE:
        is_there = home.has(name) or name in release_queries.databases()
    else:
        is_there = any(home.current(database).policy == name for database in home.databases())
    if is_there or not queries.owner(kind, name).is_default:
        administering.require_site_administrator(actor)


def _check_no_preset(policy: str) -> None:
    if policy in PRESETS:
        raise UnusableNameError(
            _("{policy!r} is a preset, and everybody's.").format(policy=policy),
            mend=_("Claim a policy that a file of its own describes."),
            name=policy,
        )


def _check_id(name: str) -> None:
    if len(name) > LONGEST_ID or not name.isprintable():
        raise UnusableNameError(_("This cannot be an id."), name=name[:LONGEST_ID])
