"""Uploads: a producer sends a definition and records, and a job makes a sealed draft of them.

``asking`` is what pages call, ``running`` makes the draft, ``queue`` stands between them.
"""

from statlas.office.uploads.models import State
from statlas.service.office.uploads.asking import Sent, UploadFacts, get, list_of, produces, require_may_send, submit

__all__ = ["Sent", "State", "UploadFacts", "get", "list_of", "produces", "require_may_send", "submit"]
