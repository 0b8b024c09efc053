"""What one change does to everybody, from the plan at hand by shortest paths."""
