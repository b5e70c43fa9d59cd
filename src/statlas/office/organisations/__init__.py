"""Organisations: whose databases and policies there are, and who may do what with them."""
