"""Forms of matching: a rule, the aim of a run, another mentor, a lock; they clean input and save nothing."""
