"""What makes a folder of handlers a service: one message in, one transaction, and nothing lost or done twice.

A `replica` runs a `service`. In: a `subscriber` takes what its queue delivers, `incoming` reads it, `handling` has the
handlers called in a transaction, each with a `Work`, and `acknowledgement` tells the broker. Out: the `relay` publishes
what was committed, by the `publisher`. Where it goes otherwise: `failures`, `redelivery`, `caution`, `dead_letters`.
"""

from shared.runtime.service import MalformedSubmission, NotYet, Service
from shared.runtime.work import UnitsOfWork, Work

__all__ = ["MalformedSubmission", "NotYet", "Service", "UnitsOfWork", "Work"]
