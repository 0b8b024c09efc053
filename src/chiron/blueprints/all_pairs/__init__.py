"""Plans for pools whose allowed pairs are too many to list: every pair looked at, few kept (extra `scale`)."""
