"""A running process: what it logs, and how many passwords it hashes at once."""
