"""Use cases around tables: publish, open a home, answer a query. Never imports Django."""
