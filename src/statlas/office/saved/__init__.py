"""Saved tables: queries that somebody keeps under a name."""
