"""Uploads: a definition and records that a producer sent, to be made a draft."""
