"""People and rules turned into what the engine takes, for every shape."""
