"""The HTTP API over the same queries and operations as the pages."""
