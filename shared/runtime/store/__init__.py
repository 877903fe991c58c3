"""Every SQL statement of the runtime. Its tables are in each service's schema."""

from shared.runtime.store import failures, glance, inbox, outbox, retention, suspects, waiting

__all__ = ["failures", "glance", "inbox", "outbox", "retention", "suspects", "waiting"]
