"""Speed rounds: several meetings, one after the other, nobody in two places at once."""
