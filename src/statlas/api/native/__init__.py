"""The native API at ``/api/v1``: open to anybody, in the site's own words.

``read`` turns a body or an address into a ``Query``; ``describe``, ``cells`` and ``write`` turn databases, plans and
cubes into bodies, whose shapes stand in ``shapes``; none of them knows how a request came.
``problems``, ``limiting``, ``negotiating`` and ``cursors`` each answer one question about a request, ``doorway`` does
what every endpoint does alike, and ``databases``, ``tables`` and ``pages`` are the endpoints that ``routes`` joins.
"""
