"""The command line, `chiron`: it loads only what the asked command needs."""
