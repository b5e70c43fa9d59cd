"""Permanent links: tables that anybody had kept, as they were answered."""
