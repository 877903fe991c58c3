"""Screening's use cases."""
