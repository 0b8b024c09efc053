"""Why this pair, why nobody, which demands conflict, and what would help."""
