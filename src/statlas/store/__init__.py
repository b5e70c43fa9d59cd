"""What a release is on disk: layout, manifest, hashes, atomic publishing.

Returns paths and manifests, never rows.
"""

from statlas.store.home import Home
from statlas.store.layout import family_secret
from statlas.store.publication import NewRelease, Publication
from statlas.store.verifying import verify

__all__ = ["Home", "NewRelease", "Publication", "family_secret", "verify"]
