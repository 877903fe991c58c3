"""Every SQL statement of the runtime, on the tables that each service's schema has."""

from shared.runtime.store import failures, forgetting, glance, inbox, outbox, suspects, waiting

__all__ = ["failures", "forgetting", "glance", "inbox", "outbox", "suspects", "waiting"]
