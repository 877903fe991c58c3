"""Every SQL statement of notifications."""

from services.notifications.store import copies, emails, failures, known, people

__all__ = ["copies", "emails", "failures", "known", "people"]
