"""A running process: what its environment says, how it is, what it logs, and how many passwords it hashes at once."""
