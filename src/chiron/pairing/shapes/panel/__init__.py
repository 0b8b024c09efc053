"""Panels: several mentors of different kinds for one mentee."""
