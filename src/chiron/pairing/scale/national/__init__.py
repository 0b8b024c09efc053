"""A plan over all pairs of a country: scan, candidates, proof by prices, judge, and why somebody has nobody."""
