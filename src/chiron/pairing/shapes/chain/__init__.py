"""Chains: three and more generations in one plan."""
