"""Commands that make, serve and look after a site."""
