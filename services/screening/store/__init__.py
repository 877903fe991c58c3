"""Every SQL statement of screening."""

from services.screening.store import approval_rules, copies, deliberation, findings, queue, reviews, staff

__all__ = ["approval_rules", "copies", "deliberation", "findings", "queue", "reviews", "staff"]
