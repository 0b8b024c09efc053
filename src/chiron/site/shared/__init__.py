"""What every page shares and nothing about mentoring: refusals, scoping, middleware, base templates."""
