"""Pages of matching: rules, runs, plans, pairs and plans side by side; each fetches, does one thing, and answers."""
