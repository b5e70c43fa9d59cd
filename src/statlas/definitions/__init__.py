"""Definition files: YAML and code lists to a ``model.Database``, every mistake reported in one pass."""
