"""An app with one job that waits to be crashed."""
