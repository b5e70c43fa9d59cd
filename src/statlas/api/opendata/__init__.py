"""The Open Data API as Stat-Xplore speaks it: programs written for Stat-Xplore need a new address and key, no more.

``definitions.stat_xplore`` turns a request's body into a ``Query`` (saved requests come through other doors too) and
holds the public ids; ``write`` turns a ``Cube`` into a body, ``schema`` shows the catalogue and the databases,
``refusals`` the form of errors; none of them knows HTTP or Django.
``routes`` does.
"""
