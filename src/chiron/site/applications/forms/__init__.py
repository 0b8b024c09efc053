"""Forms that turn input about applications and imports into clean values."""
