"""Use cases of the office: accounts and keys, and what is written in the audit log."""
