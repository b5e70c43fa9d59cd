"""The shapes of what the interface says of announced and published releases."""

from __future__ import annotations

from pydantic import BaseModel, Field


class ContactShape(BaseModel):
    """Who answers questions about a release: its lead statistician."""

    name: str | None
    email: str | None


class DateChangeShape(BaseModel):
    """What was done to an announcement: announced, confirmed, moved, cancelled, settled or unsettled."""

    act: str
    at: str = Field(description="When, in UTC.")
    before: str | None = Field(description="Moment of release before; none where it was announced.")
    after: str = Field(description="Moment of release since.")
    reason: str | None
    digest: str | None = Field(description="The digest that was announced, or taken back.")
    text: str = Field(description="The change as a sentence.")


class AnnouncementShape(BaseModel):
    """A release that is announced; of one that is not public it tells nothing more than this."""

    id: str = Field(description="Thirty-two hexadecimal digits, the same whatever changes.")
    title: str
    database: str | None = Field(description="Id of the database; none until something of it is public.")
    kind: str = Field(description="`new`, `revision` or `correction`.")
    status: str = Field(description="`provisional`, `confirmed`, `cancelled`, `published` or `withdrawn`.")
    moment: str = Field(description="When it is to be public, in UTC.")
    london: str = Field(description="The same by London's clocks.")
    exemption: str | None = Field(description="What allows another time than 09:30 on a working day.")
    note: str | None
    digest: str | None = Field(description="SHA-256 that the sealed release is known by, once it is sealed.")
    salt: str | None = Field(description="Once it is published: the bytes before the statement, hexadecimal.")
    statement: str | None = Field(description="Once it is published: what the digest is of, behind the salt.")
    contact: ContactShape
    synthetic: bool
    sequence: int = Field(description="0, and one more with every change.")
    announced: str
    updated: str
    release: str | None = Field(description="Number of the release, once it is public.")
    version: str | None
    public_from: str | None
    withdrawn: str | None = Field(description="Why it is withdrawn; none where it is not.")
    changes: list[DateChangeShape]
    url: str


class PublishedShape(BaseModel):
    """A release that is public, or was."""

    database: str
    title: str
    release: str
    version: str
    kind: str = Field(description="`new`, `revision` or `correction`.")
    public_from: str
    note: str | None
    withdrawn: str | None = Field(description="Why it is withdrawn; none where it is not.")
    synthetic: bool
    announcement: str | None = Field(description="Id of its announcement; none where it had none.")
    url: str


class CalendarShape(BaseModel):
    """The release calendar: announcements of a year back and all ahead, and what a year back was published."""

    title: str
    url: str
    updated: str
    announcements: list[AnnouncementShape] = Field(description="In time.")
    published: list[PublishedShape] = Field(description="Newest first.")
