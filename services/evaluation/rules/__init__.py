"""Evaluation's decisions: when surveys open and close, what they ask, and what a report shows."""
