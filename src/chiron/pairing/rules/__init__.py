"""From answers and rules to the pairs that are allowed and the points of each."""
