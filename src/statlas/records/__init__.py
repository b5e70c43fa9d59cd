"""The one door to record-level rows: encoding at publish, opening lazily, attaching record keys.

Logs no value of a record, and no other room opens what it writes.
"""
