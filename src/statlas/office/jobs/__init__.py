"""Jobs: tables that are made as files while nobody waits."""
