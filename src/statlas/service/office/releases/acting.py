"""Act on a release: each function is one change, allowed by ``machine``, with one line of the audit log.

Every function takes who acts; what is not their own organisation's is unknown to them.
``seen`` is ``ReleaseFactsOfOffice.moves`` as they saw it: if somebody acted meanwhile, they are told, and nothing is
done.
"""

from statlas.service.office.actors import KEEPER, REPAIR, Actor
from statlas.service.office.releases.beginning import adopt, begin, require_may_begin
from statlas.service.office.releases.early import grant_access, read_early, revoke_access
from statlas.service.office.releases.public import destroy, opened, restore, withdraw
from statlas.service.office.releases.repairing import Repaired, repair
from statlas.service.office.releases.steps import accept, approve, check, discard, schedule, send_back, unschedule

__all__ = [
    "KEEPER",
    "REPAIR",
    "Actor",
    "Repaired",
    "accept",
    "adopt",
    "approve",
    "begin",
    "check",
    "destroy",
    "discard",
    "grant_access",
    "opened",
    "read_early",
    "repair",
    "require_may_begin",
    "restore",
    "revoke_access",
    "schedule",
    "send_back",
    "unschedule",
    "withdraw",
]
