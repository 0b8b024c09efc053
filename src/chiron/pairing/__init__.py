"""The engine: people as columns in, a proved plan with reasons out; values only, no I/O."""
