"""Programmes, their cohorts, who runs them, and the cohort's copy of its blueprint."""
