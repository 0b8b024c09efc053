"""Groups that run only when big enough."""
