"""Writes of matching: rules, runs, plans, changes by hand, holds; each is atomic, audited and told who and when."""
