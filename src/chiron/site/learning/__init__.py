"""Training, resources and what was completed."""
