"""What readers are told of announcements: moments as people write them, and each change as a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from statlas.model import words
from statlas.model.announcement import Act, Announcement, DateChange, Published, Standing
from statlas.model.release import ReleaseKind
from statlas.model.release_times import in_london
from statlas.wording import ENGLISH, PSEUDO, _, language, later

_NOON = 12


def weekday(moment: datetime) -> str:
    """The day of the week in London: *Tuesday*."""
    local = in_london(moment)
    if language() in (ENGLISH, PSEUDO):
        return _(_WEEKDAYS[local.weekday()])
    return _weekday_abroad(local, language())


def day(moment: datetime) -> str:
    """The day in London: *9 February 2027*."""
    return words.day(in_london(moment).isoformat())


def day_of_year(moment: datetime) -> str:
    """Day of the week and day in London, under a heading that says the year: *Tuesday 9 February*."""
    return _("{weekday} {day}").format(weekday=weekday(moment), day=words.day_of_year(in_london(moment)))


def clock(moment: datetime) -> str:
    """The time in London: *9:30am*."""
    local = in_london(moment)
    if language() in (ENGLISH, PSEUDO):
        said = _("{hour}:{minute}am") if local.hour < _NOON else _("{hour}:{minute}pm")
        return said.format(hour=local.hour % _NOON or _NOON, minute=f"{local.minute:02d}")
    return f"{local:%H:%M}"


def full(moment: datetime) -> str:
    """Day of the week, day and time: *Tuesday 9 February 2027, 9:30am*."""
    return _("{weekday} {day}, {time}").format(weekday=weekday(moment), day=day(moment), time=clock(moment))


def month(moment: datetime) -> str:
    """The month in London: *February 2027*."""
    return words.month(in_london(moment))


def _weekday_abroad(local: datetime, spoken: str) -> str:
    from babel.dates import format_date  # noqa: PLC0415 - English is spoken without it

    return format_date(local.date(), "EEEE", locale=spoken.replace("-", "_"))


def standing(one: Announcement) -> str:
    """How certain it is, or that it is out: *Provisional*, *Confirmed*, *Cancelled*, *Published*, *Withdrawn*."""
    if one.withdrawn:
        return _("Withdrawn")
    return _("Published") if one.is_out else _(_STANDINGS[one.standing])


def kind(found: ReleaseKind) -> str:
    """What kind of a release it is: *New figures*, *Scheduled revision*, *Correction*."""
    return _(_KINDS[found])


def change(one: DateChange) -> str:
    """A change as a sentence, without its reason: *Moved from 9 February 2027, 9:30am to 9 March 2027, 9:30am.*"""
    before, after = (f"{day(at)}, {clock(at)}" for at in (one.before or one.after, one.after))
    if one.act is Act.SETTLED and one.before not in (None, one.after):
        said = _("Sealed and scheduled; moved from {before} to {after}.")
    else:
        said = _(_CHANGES[one.act])
    return said.format(before=before, after=after)


def sentences(one: Announcement) -> Iterator[str]:
    """What a calendar or feed says of an announcement, sentence by sentence."""
    if one.withdrawn:
        yield _("Withdrawn: {why}").format(why=one.withdrawn)
    yield _("{kind}. {standing}.").format(kind=kind(one.kind), standing=standing(one))
    if one.synthetic:
        yield _("Synthetic: the figures describe nobody.")
    if one.note:
        yield one.note
    if one.is_out:
        yield _("Version {version}, release {release}.").format(version=one.version, release=one.release)
    moved = one.last_moved
    if moved is not None:
        yield " ".join(filter(None, (change(moved), moved.reason)))
    elif one.is_cancelled:
        yield " ".join(filter(None, (change(one.changes[-1]), one.changes[-1].reason)))
    if one.exemption:
        yield _("Another time than 9:30am on a working day: {why}").format(why=one.exemption)
    if one.digest:
        yield _("Digest of the sealed release: {digest}").format(digest=one.digest)


def sentences_of_published(one: Published) -> Iterator[str]:
    """What a feed says of a release that was never announced, sentence by sentence."""
    if one.withdrawn:
        yield _("Withdrawn: {why}").format(why=one.withdrawn)
    said = _("Withdrawn") if one.withdrawn else _("Published")
    yield _("{kind}. {standing}.").format(kind=kind(one.kind), standing=said)
    if one.synthetic:
        yield _("Synthetic: the figures describe nobody.")
    yield _("Version {version}, release {release}.").format(version=one.version, release=one.release)
    if one.note:
        yield one.note


_WEEKDAYS = (
    later("Monday"),
    later("Tuesday"),
    later("Wednesday"),
    later("Thursday"),
    later("Friday"),
    later("Saturday"),
    later("Sunday"),
)
_STANDINGS = {
    Standing.PROVISIONAL: later("Provisional"),
    Standing.CONFIRMED: later("Confirmed"),
    Standing.CANCELLED: later("Cancelled"),
}
_KINDS = {
    ReleaseKind.NEW: later("New figures"),
    ReleaseKind.REVISION: later("Scheduled revision"),
    ReleaseKind.CORRECTION: later("Correction"),
}
_CHANGES = {
    Act.ANNOUNCED: later("Announced for {after}."),
    Act.CONFIRMED: later("Confirmed for {after}."),
    Act.MOVED: later("Moved from {before} to {after}."),
    Act.CANCELLED: later("Cancelled; it was announced for {after}."),
    Act.SETTLED: later("Sealed and scheduled for {after}."),
    Act.UNSETTLED: later("Taken off the schedule; the digest no longer stands."),
}
