"""What the keeper answers at its socket, to whom.

A question is ``SIGNATURE JSON`` and the end of the line, the JSON ``{"act": ..., "at": ..., "once": ..., "facts":
{...}}``; it comes from the owner of the home or of the keeper, bears the proof of ``office.keeper_line``, is not older
than half a minute and has not been asked before. The answer is a line of JSON, ``{"length": n}`` or ``{"problem":
{...}}`` as RFC 9457 has it, and n bytes.

Each act is for the account that ``facts`` name as ``account`` (its number), about the release under way that they name
as ``release`` (its id in the office); who may is decided here, from the office's own tables:

========== ================================= ============================== ==================================
act        facts                             who may                        answer
========== ================================= ============================== ==================================
reports    account, release                  members of the organisation    ``DraftReports`` as JSON
database   account, release                  members; readers before        the database with its periods, as
                                             release in their 24 hours      ``definitions.dumps`` writes it
preview    account, release, query           as for database                the table, as ``tables.cube_codec``
                                                                            writes it
file       account, release, query, suffix   as for database                the table in that format
prepared   account, release                  members                        ``{"prepared": bool, "why": text}``
========== ================================= ============================== ==================================

``query`` is the JSON of ``model.query_data.query_data``. A question about a release that is public already, or that
this account may know nothing of, is refused alike.
"""

from __future__ import annotations

ACTS = ("reports", "database", "preview", "file", "prepared")
