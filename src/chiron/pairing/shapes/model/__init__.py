"""What every shape is asked and gives back, and the evidence that its judges read."""
