"""Stable plans: deferred acceptance, and among equal wishes the order that leaves nobody out."""

from chiron.pairing.solvers.deferred.acceptance import solve

__all__ = ["solve"]
