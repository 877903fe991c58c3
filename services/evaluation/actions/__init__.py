"""Evaluation's use cases."""
