"""Methods for tens of thousands: auction, alternating paths, deferred acceptance, leximin."""
