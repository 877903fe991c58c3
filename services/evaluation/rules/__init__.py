"""Evaluation's decisions: when surveys open and close, what they ask, what a round's answers say."""
