"""Facts about places of the United Kingdom that Statlas ships, and what can be said of a place from its code alone."""
