"""Pages about applications and imports: fetch, do, answer."""
