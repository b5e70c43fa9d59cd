"""Accounts: people who sign in, known by an e-mail address."""
