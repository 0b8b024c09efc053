"""Accounts, sign-in and profiles; a role belongs to a person's place in a cohort, not here."""
