"""What a release is on disk: layout, manifest, hashes, atomic publishing.

Returns paths and manifests, never rows.
"""

from statlas.store.answers import AnswerFiles
from statlas.store.checked_json import canonical
from statlas.store.cleaning import clean_killed
from statlas.store.cuboids import CuboidFiles
from statlas.store.destroying import check as check_destroying
from statlas.store.destroying import destroy
from statlas.store.draft_files import check_first as check_no_draft
from statlas.store.draft_files import clean as clean_drafts
from statlas.store.draft_files import discard, draft, drafts
from statlas.store.durable import digest_of
from statlas.store.facts import dumps as facts_dumps
from statlas.store.facts import loads as facts_loads
from statlas.store.home import Home
from statlas.store.layout import family_secret
from statlas.store.locking import HeldError
from statlas.store.making import Making, making, telling
from statlas.store.publication import NewRelease, Publication
from statlas.store.sealing import seal
from statlas.store.verifying import verify
from statlas.store.withdrawing import restore, withdraw

__all__ = [
    "AnswerFiles",
    "CuboidFiles",
    "HeldError",
    "Home",
    "Making",
    "NewRelease",
    "Publication",
    "canonical",
    "check_destroying",
    "check_no_draft",
    "clean_drafts",
    "clean_killed",
    "destroy",
    "digest_of",
    "discard",
    "draft",
    "drafts",
    "facts_dumps",
    "facts_loads",
    "family_secret",
    "making",
    "restore",
    "seal",
    "telling",
    "verify",
    "withdraw",
]
