"""Screening's tables."""
