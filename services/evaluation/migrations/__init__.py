"""Evaluation's tables."""
