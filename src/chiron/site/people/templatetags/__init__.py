"""Words that templates may use about people."""
