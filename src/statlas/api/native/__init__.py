"""The native API at ``/api/v1``: open to anybody, in the site's own words.

``read`` turns a body or an address into a ``Query``; ``describe`` and ``cells`` turn databases, plans and cubes into
bodies, whose shapes stand in ``shapes``; none of them knows how a request came.
``problems``, ``limiting``, ``negotiating`` and ``cursors`` each answer one question about a request, and ``doorway``
does what every endpoint does alike.
``databases``, ``tables``, ``table_cells`` and ``pages`` are the endpoints that ``routes`` joins; ``document`` tells
of them.
"""
