"""Columns found, rows judged, and people made of them, with everything that needs fixing."""
