"""What a release is on disk: layout, manifest, hashes, atomic publishing.

Returns paths and manifests, never rows.
"""

from statlas.store.answers import AnswerFiles
from statlas.store.cuboids import CuboidFiles
from statlas.store.home import Home
from statlas.store.layout import family_secret
from statlas.store.locking import HeldError
from statlas.store.making import Making, making, telling
from statlas.store.publication import NewRelease, Publication
from statlas.store.verifying import verify

__all__ = [
    "AnswerFiles",
    "CuboidFiles",
    "HeldError",
    "Home",
    "Making",
    "NewRelease",
    "Publication",
    "family_secret",
    "making",
    "telling",
    "verify",
]
