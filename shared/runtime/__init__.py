"""What makes a folder of handlers a service: one message in, one transaction, and nothing lost or done twice."""

from shared.runtime.service import MalformedSubmission, NotYet, Service
from shared.runtime.work import UnitsOfWork, Work

__all__ = ["MalformedSubmission", "NotYet", "Service", "UnitsOfWork", "Work"]
