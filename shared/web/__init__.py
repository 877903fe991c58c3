"""HTTP: one application for all services or for one, its door, and what its errors look like."""

from shared.web.door import Caller, CallerIs, StaffOnly
from shared.web.problems import Conflict, Invalid, NotFound, Problem
from shared.web.unit_of_work import work_in

__all__ = ["Caller", "CallerIs", "Conflict", "Invalid", "NotFound", "Problem", "StaffOnly", "work_in"]
