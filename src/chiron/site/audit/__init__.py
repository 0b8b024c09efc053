"""What happened, to what, by whom: an append-only chain of events."""
