"""Requests to join a cohort in a role: by import or by form, and their screening."""
