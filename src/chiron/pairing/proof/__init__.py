"""The judge of any answer, who never sees the methods that found it."""
