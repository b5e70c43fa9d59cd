"""Statlas turns confidential records into open statistics."""

__version__ = "0.1.0"
