"""Matching's tables."""
