"""API keys: who may ask the interfaces for programs, known by a hash alone."""
