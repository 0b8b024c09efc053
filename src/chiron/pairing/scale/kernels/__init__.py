"""Each kind of rule over one mentee and a block of mentors, as machine code compiled on first use."""
