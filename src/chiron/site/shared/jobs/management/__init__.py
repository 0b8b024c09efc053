"""Commands for the processes that do jobs."""
