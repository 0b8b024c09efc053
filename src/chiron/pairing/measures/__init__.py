"""What a plan is worth: its steps and bounds, what it gave up, who is stable, and how groups fare."""
