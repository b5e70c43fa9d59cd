"""What a release is on disk: layout, manifest, hashes, atomic publishing.

Returns paths and manifests, never rows.
"""

from statlas.store.home import Home
from statlas.store.publication import NewRelease, Publication

__all__ = ["Home", "NewRelease", "Publication"]
