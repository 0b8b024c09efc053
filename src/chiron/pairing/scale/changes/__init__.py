"""A large plan that stays best while people come and go."""
