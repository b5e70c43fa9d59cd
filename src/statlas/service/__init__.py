"""Use cases, access and logs: the one place where all rooms below meet."""
