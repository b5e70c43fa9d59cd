"""From a query to a protected cube: plan, kernel, backends, protection.

``RawCube`` and ``PerturbedCube`` never leave this room.
"""
