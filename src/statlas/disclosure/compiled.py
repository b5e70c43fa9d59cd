"""The decorator of compiled loops, by the name under which the rooms of numbers know it."""

from statlas.compiled import compiled

__all__ = ["compiled"]
