"""Knowledge about the world as data: fields of health and how near they are, ladders of career stages."""
