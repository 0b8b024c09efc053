"""Made-up people from a seed, and programmes tried on them before anybody applies."""
