"""What makes a folder of handlers a service: one message in, one transaction, and nothing lost or done twice.

A `replica` runs a `service`.

Inbound: a `subscriber` consumes a queue, `incoming` reads each delivery against the contracts, `handling` calls the
handlers in one transaction, each with a `Work`, and `acknowledgement` acknowledges the deliveries to the broker.

Outbound: the `relay` publishes through the `publisher` what was committed to the outbox.

When something goes wrong: `failures` (a handler raised), `redelivery` (a process died), `channel_recovery` (a channel
was lost) and `dead_letters` (the broker gave up).
"""

from shared.runtime.service import MalformedSubmission, NotYet, Service
from shared.runtime.work import UnitsOfWork, Work

__all__ = ["MalformedSubmission", "NotYet", "Service", "UnitsOfWork", "Work"]
