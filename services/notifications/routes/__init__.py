"""Notifications over HTTP: a new link for whoever has lost theirs, and what staff see of hosts and students."""

from services.notifications.routes import entrance, people

__all__ = ["entrance", "people"]
