"""Screening's decisions: the workflow of a review, what to look at, what changed."""
