"""Shapes of mentoring that are more than mentees on one side and mentors on the other."""
