"""Why somebody is left out of a shape, what would fill an open place, and repair in mid-year."""
