"""The whole error tree, grouped by who can mend what went wrong.

::

    StatlasError
    ├── QueryError           the asker: the query cannot be answered as it stands
    │   ├── UnknownNameError       a database, field, valueset, code or measure that is not there
    │   ├── UnusableNameError      a new name that is empty, too long, or taken
    │   ├── RequestError           a request of a program that cannot be read
    │   ├── MoveRefusedError       an act on a release that cannot be done where it is now
    │   ├── CalendarError          a date of release that breaks a rule, or is not that of its release
    │   ├── AuditError             a line that the audit log does not take
    │   ├── GoneError              a release that no longer answers
    │   │   ├── WithdrawnError        it was withdrawn: its notice says why
    │   │   └── DestroyedError        its records were destroyed, and the table was never printed
    │   └── TooManyCellsError      the answer is larger than this door gives at once
    ├── DisclosureRefused    a rule of disclosure control, by its id
    ├── DataError            the publisher: a definition, code list or record file has faults
    │   ├── DefinitionError        faults in a definition or its code files
    │   ├── RecordsError           faults in record files
    │   ├── BoundariesError        faults in a file of boundaries
    │   └── InfeasibleTableError   settings for which no perturbation table exists
    ├── AccessError          not allowed, or not allowed yet
    │   ├── KeyNotInForceError     a key that was never given, has expired or was taken back
    │   └── LimitError             more was asked than one asker is given in an hour
    └── BackendError         not the asker's doing: try again, or call us
        ├── BusyError              too many large tables are asked for at once
        ├── KeeperGoneError        the keeper of releases does not answer
        ├── HomeError              the folder of the installation is missing, locked or damaged
        │   └── StaleDraftError           a draft that was made after another release than the one that answers
        ├── DamagedLinkError       the numbers that a permanent link kept are damaged
        └── SettingsError          an option of the installation cannot be read

Every error says what was found (``message``), how to mend it (``mend``) and carries its facts as fields.
No error holds a record's value, a raw count or a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from statlas.wording import _, later, several


def _ask_again(seconds: int) -> str:
    return several("Ask again in {n} second.", "Ask again in {n} seconds.", seconds).format(n=seconds)


class StatlasError(Exception):
    """Something Statlas can explain; never raised itself, only through its families.

    Args:
        message: what was expected and what came, one sentence or two.
        mend: what the reader can do about it.
        facts: whatever a program may want to read; plain JSON types.
    """

    code: ClassVar[str] = "error"
    title: ClassVar[str] = later("Something went wrong")
    http_status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, mend: str = "", **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.message} {self.mend}".strip()

    def as_problem(self) -> Mapping[str, Any]:
        """The one JSON shape of an error: RFC 9457's members plus ``code``, ``mend`` and the facts."""
        return {
            "type": f"/errors/{self.code}",
            "title": _(self.title),
            "status": self.http_status,
            "detail": self.message,
            "code": self.code,
            "mend": self.mend,
            **self.facts,
        }


class QueryError(StatlasError):
    """The query cannot be answered as it stands; the asker can change it."""

    code = "query"
    title = later("The query cannot be answered")
    http_status = 400
    exit_code = 2


class UnknownNameError(QueryError):
    """A name in the query is not in the database.

    Facts: ``component`` (the name as it was sent).
    """

    code = "unknown-name"
    title = later("A name is not known")

    def __init__(self, message: str, *, component: str, mend: str = "", **facts: Any) -> None:
        super().__init__(message, mend=mend, component=component, **facts)
        self.component = component


class UnusableNameError(QueryError):
    """A name given to something new cannot be used: empty, too long, or taken.

    Facts: ``name``.
    """

    code = "unusable-name"
    title = later("The name cannot be used")


class RequestError(QueryError):
    """A program's request cannot be read: its body, a parameter, or the form of answer it wants."""

    code = "request"
    title = later("The request cannot be read")


class MoveRefusedError(QueryError):
    """An act on a release cannot be done where it is now, or not by this person, or somebody else was quicker.

    Facts: ``act`` and ``state``, where they are known.
    """

    code = "release-move"
    title = later("That cannot be done to the release now")
    http_status = 409


class CalendarError(QueryError):
    """A date of release breaks a rule of the calendar, is not that of its release, or was changed meanwhile.

    Facts: ``field`` (the part of a form that names it), where there is one.
    """

    code = "calendar"
    title = later("The release calendar does not allow that")


class AuditError(QueryError):
    """A line of the audit log cannot be written as it was given: too long, without a reason, or of nothing."""

    code = "audit"
    title = later("The audit log does not take that")


class GoneError(QueryError):
    """A release was public and no longer answers; never raised itself.

    Facts: ``database``, ``release``, ``reason`` (in plain words) and ``since`` (ISO 8601 UTC).
    """

    code = "gone"
    title = later("The release no longer answers")
    http_status = 410
    said: ClassVar[str]
    mended: ClassVar[str]

    def __init__(self, *, database: str, release: str, reason: str, since: str) -> None:
        facts = {"database": database, "release": release, "reason": reason, "since": since}
        super().__init__(_(self.said).format(**facts), mend=_(self.mended), **facts)
        self.database, self.release, self.reason, self.since = database, release, reason, since


class WithdrawnError(GoneError):
    """The release asked for was withdrawn; what is told, and its ``reason``, is its notice."""

    code = "withdrawn"
    title = later("The release was withdrawn")
    said = later("Release {release} of {database} was withdrawn: {reason}")
    mended = later("Ask for another release or another day, or leave it out for the latest.")


class DestroyedError(GoneError):
    """The records of the release were destroyed, and the table asked for had not been printed before."""

    code = "destroyed"
    title = later("The records of the release were destroyed")
    said = later("The records of release {release} of {database} were destroyed: {reason}")
    mended = later("Tables printed before still answer; ask for any other of a later release.")


class TooManyCellsError(QueryError):
    """The answer would hold more cells than are given at once; never a matter of disclosure.

    Facts: ``value`` (cells asked for, or those ``behind`` them that have to be counted) and ``limit``.
    """

    code = "too-many-cells"
    title = later("The table is too large")

    def __init__(self, *, value: int, limit: int, behind: bool = False) -> None:
        said = (
            _("To protect the table {value:,} published cells would be counted; {limit:,} are counted at once.")
            if behind
            else _("The table has {value:,} cells; {limit:,} are answered at once.")
        )
        super().__init__(
            said.format(value=value, limit=limit),
            mend=_("Ask for fewer codes, areas or dates, or split the table."),
            value=value,
            limit=limit,
        )
        self.value = value
        self.limit = limit


class DisclosureRefused(StatlasError):
    """A rule of disclosure control refuses the table; it tells no more than the rule.

    Facts: ``rule`` (the rule's id).
    """

    code = "refused"
    title = later("The table is refused to keep people unfindable")
    http_status = 422
    exit_code = 3

    def __init__(self, message: str, *, rule: str, mend: str = "", **facts: Any) -> None:
        super().__init__(message, mend=mend, rule=rule, **facts)
        self.rule = rule


class DataError(StatlasError):
    """Something the publisher gave has faults; ``faults`` lists all of them.

    Facts: none beyond the faults, a ``statlas.model.faults.FaultReport`` where there is one.
    """

    code = "data"
    title = later("The data have faults")
    http_status = 422
    exit_code = 2

    def __init__(self, message: str, *, mend: str = "", faults: Any = (), **facts: Any) -> None:
        super().__init__(message, mend=mend, **facts)
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(f"  {fault}" for fault in self.faults)])


class DefinitionError(DataError):
    """A definition or one of its code files has faults."""

    code = "definition"
    title = later("The definition has faults")


class RecordsError(DataError):
    """The record files have faults; nothing was changed."""

    code = "records"
    title = later("The records have faults")


class BoundariesError(DataError):
    """A file of boundaries has faults; nothing was changed."""

    code = "boundaries"
    title = later("The boundaries have faults")


class InfeasibleTableError(DataError):
    """No perturbation table exists for these settings.

    Facts: the settings, and ``row`` (the true count whose noise has no distribution).
    """

    code = "infeasible-ptable"
    title = later("No perturbation table exists for these settings")


class AccessError(StatlasError):
    """Not allowed to this caller, or not yet."""

    code = "access"
    title = later("Access is not allowed")
    http_status = 403
    exit_code = 4


class KeyNotInForceError(AccessError):
    """A key was sent that was never given, has expired or was taken back."""

    code = "key"
    title = later("The key is not in force")
    http_status = 401


class LimitError(AccessError):
    """More was asked for than one asker is given in an hour.

    Facts: ``kind`` (what is limited), ``limit`` (how much of it an hour), ``retry_after`` (seconds until it begins
    anew).
    """

    code = "limit"
    title = later("The limit of this hour is reached")
    http_status = 429

    def __init__(self, message: str, *, kind: str, limit: int, retry_after: int) -> None:
        super().__init__(message, mend=_ask_again(retry_after), kind=kind, limit=limit, retry_after=retry_after)
        self.kind = kind
        self.limit = limit
        self.retry_after = retry_after


class BackendError(StatlasError):
    """Not the caller's doing: a machine, disk or engine failed."""

    code = "backend"
    title = later("The service could not do it")
    http_status = 503
    exit_code = 5


class BusyError(BackendError):
    """Others are being served and nobody can say when it is your turn; the same question can be asked again.

    Facts: ``retry_after`` (seconds after which to ask again).
    """

    code = "busy"
    title = later("The service is busy")

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message, mend=_ask_again(retry_after), retry_after=retry_after)
        self.retry_after = retry_after


class KeeperGoneError(BackendError):
    """The keeper, which alone reads what is not public yet, does not answer; nothing opens while it is gone."""

    code = "keeper"
    title = later("The keeper of releases does not answer")


class DamagedLinkError(BackendError):
    """What a permanent link kept is damaged, and the same numbers can no longer be counted.

    Facts: ``component`` (the id of the link).
    """

    code = "damaged-link"
    title = later("The numbers of this link are damaged")


class HomeError(BackendError):
    """The folder of the installation is missing, locked or damaged."""

    code = "home"
    title = later("The home folder cannot be used")


class StaleDraftError(HomeError):
    """Another release answers than the one a draft was made after, so that what was checked is not what would change.

    Facts: ``database``, ``release`` (the number of the draft) and ``previous`` (the release it was made after).
    """

    code = "stale-draft"
    title = later("The draft is out of date")
    http_status = 409

    def __init__(self, *, database: str, release: str, previous: str | None) -> None:
        super().__init__(
            _("Another release of {database} answers than the one this draft was made after.").format(
                database=database
            ),
            mend=_("Discard the draft and make it again from its records."),
            database=database,
            release=release,
            previous=previous or "",
        )


class SettingsError(BackendError):
    """An option of the installation cannot be read, or the address to serve at cannot be used.

    Facts: ``setting`` (its name).
    """

    code = "settings"
    title = later("A setting cannot be used")
