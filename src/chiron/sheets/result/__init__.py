"""A written result: its record, pages and JSON, read back, compared, explained and counted."""
