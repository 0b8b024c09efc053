"""What mentor and mentee agree to: published matches and their answers."""
