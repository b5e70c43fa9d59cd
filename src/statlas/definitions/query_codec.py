"""Queries as a release keeps them: as the model writes them."""

from statlas.model.query_data import query_data, read_nodes, read_query

__all__ = ["query_data", "read_nodes", "read_query"]
