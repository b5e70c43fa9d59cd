"""The site's interfaces for programs: one package a dialect, each of ``read``, ``write`` and ``routes``."""
