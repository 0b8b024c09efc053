"""Which Chiron this is."""

VERSION = "0.1.0"
