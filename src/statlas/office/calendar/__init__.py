"""The release calendar: what is announced for when, the patterns it follows, and every change with its reason."""
