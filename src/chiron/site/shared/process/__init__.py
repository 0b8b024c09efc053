"""A running process: how it is, what it logs, and how many passwords it hashes at once."""
