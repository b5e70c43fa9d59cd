"""The Open Data API as Stat-Xplore speaks it: programs written for Stat-Xplore need a new address and key, no more.

``read`` turns a request's body into a ``Query``, ``write`` a ``Cube`` into a body, ``schema`` shows the catalogue and
the databases, ``ids`` holds the public ids, ``refusals`` the form of errors; none of them knows HTTP or Django.
``routes`` does.
"""
