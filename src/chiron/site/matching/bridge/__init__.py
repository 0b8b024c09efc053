"""Rows become people, the engine answers, and its answer becomes rows: the only place that speaks to the engine."""
