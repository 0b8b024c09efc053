"""Changes of a plan by hand in shapes larger than pairs: each is tried with everything else held, then judged."""
