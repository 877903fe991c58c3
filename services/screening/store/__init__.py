"""Every SQL statement of screening."""

from services.screening.store import approval_rules, copies, desk, findings, queue, reviews

__all__ = ["approval_rules", "copies", "desk", "findings", "queue", "reviews"]
