"""Messages to people: one way to write, hold, send and log them."""
