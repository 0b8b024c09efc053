"""Integer programmes and networks that several shapes share, and the judge of their typed places."""
