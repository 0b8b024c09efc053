"""What measures show, by group, with small numbers hidden."""
