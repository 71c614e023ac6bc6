"""The web front end: the counter page."""
