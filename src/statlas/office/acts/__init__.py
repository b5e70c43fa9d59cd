"""Which acts of the audit log were kept, and how far the log was compared with that."""
