"""Releases on their way: what may be done (``machine``), doing it (``acting``), and seeing it (``reading``)."""
