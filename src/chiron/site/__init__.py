"""The site: one folder a capability, in the order of a programme's life."""
