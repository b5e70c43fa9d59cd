"""Table requests as Stat-Xplore writes them, saved by many for years: every door that reads them reads them here.

``ids`` are its public ids, ``former`` those that fields had once, ``read`` makes a ``Query`` of a body;
``near`` finds the id that somebody may have meant.
"""
