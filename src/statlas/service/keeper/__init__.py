"""The keeper: the one process that can read an unpublished release, and opens it at its minute."""
