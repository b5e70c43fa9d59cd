"""Reading and checking tabular files: one checker and one fault report for records, code lists and uploads."""
