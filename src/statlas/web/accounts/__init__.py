"""Signing in: django-allauth's machinery behind our own pages, words and addresses."""
