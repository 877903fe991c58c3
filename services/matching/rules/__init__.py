"""Matching's decisions: the match, what is offered on, and how an application ends."""
