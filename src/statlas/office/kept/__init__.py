"""Kept parts of addresses: what is too long to stand in one."""
