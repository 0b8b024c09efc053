"""Each person's first page: what needs me today."""
