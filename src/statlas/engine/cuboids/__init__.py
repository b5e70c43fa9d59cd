"""Cuboids: counts and key sums of one period at coarse levels, added up before anybody asks.

Rules of the room: a cuboid holds key sums of single persons and is as confidential as the records it was counted
from (decisions page, D8); nothing but its fields and its size is told to anybody.
``using`` answers tables from cuboids, ``file`` keeps them on the disk, ``building`` counts them, and ``choosing`` tells
which are worth their room.
"""
