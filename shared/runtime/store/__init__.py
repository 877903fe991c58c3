"""Every SQL statement of the runtime, on the tables that each service's schema has."""

from shared.runtime.store import failures, glance, inbox, outbox, retention, suspects, waiting

__all__ = ["failures", "glance", "inbox", "outbox", "retention", "suspects", "waiting"]
