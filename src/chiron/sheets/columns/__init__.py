"""What the columns of a sheet are before anybody is read: several that are one answer, and options with commas."""
