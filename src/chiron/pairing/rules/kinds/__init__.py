"""The kinds of rules, one module a kind, each with its text for people."""
