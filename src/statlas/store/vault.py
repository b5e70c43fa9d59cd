"""Reading sealed drafts: the keeper's key, and what it opens. Imported by the keeper alone."""
