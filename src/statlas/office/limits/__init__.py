"""How much each asker asked for this hour, and what groups of accounts may ask for."""
