"""Letters about releases that wait to be sent, and who wants none."""
