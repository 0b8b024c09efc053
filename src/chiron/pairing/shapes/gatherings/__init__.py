"""Circles and teams: groups put together from one pool or from two."""
