"""What the engine is asked and what it gives back: frozen values, checked on creation."""
