"""Releases on their way: how far each is, who did what to it and why, and who may read it before its time."""
