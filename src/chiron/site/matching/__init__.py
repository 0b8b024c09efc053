"""Runs of the engine, plans as reviewed, locks, changes and comparison."""
