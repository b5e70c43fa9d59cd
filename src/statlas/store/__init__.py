"""What a release is on disk: layout, manifest, hashes, atomic publishing.

Returns paths and manifests, never rows.
"""
