"""A cube to bytes and back, a module per standard and version."""
