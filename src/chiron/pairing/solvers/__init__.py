"""The methods that find a plan, one module a method; none imports another."""
