"""The Python client of a Statlas site."""
