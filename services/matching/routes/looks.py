"""Matching's pages, in the look that all have in common."""

from shared.web import Pages

pages = Pages("services.matching")
