"""Pages of mentorships: publishing for coordinators, offers and matches for the people in them."""
