"""Screening: whether the figures of a draft are likely to be right.

Rules of the room: every check sees printed figures alone, through ``release_tables``, and says in one sentence what it
found, where, and what to do.
A check that cries without a cause is a defect: how often each does, and what it misses, stands in decision record 0211.
"""

from statlas.service.tables.screening.compared import Compared
from statlas.service.tables.screening.screen import screen

__all__ = ["Compared", "screen"]
