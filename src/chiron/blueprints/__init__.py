"""Programme models as data: what a programme asks, allows, weighs, requires and expects."""
