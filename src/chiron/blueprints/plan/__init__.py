"""From people and rules to a judged plan with reasons."""
