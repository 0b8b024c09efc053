"""Programmes that run at the same time and share their mentors."""
