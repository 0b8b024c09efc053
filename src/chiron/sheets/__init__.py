"""Spreadsheets: read as people write them, check every cell, match, and write the result."""
