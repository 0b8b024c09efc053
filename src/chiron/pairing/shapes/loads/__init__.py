"""Loads: relationships that cost a mentor different amounts of one budget."""
