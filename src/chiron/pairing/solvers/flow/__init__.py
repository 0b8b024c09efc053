"""Exact plans by minimum-cost flow: mentees to mentors to nested caps, with prices that prove them best."""

from chiron.pairing.solvers.flow.aims import solve

__all__ = ["solve"]
