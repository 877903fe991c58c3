"""Matching's decisions: the match, which places are offered on, and how an application ends."""
