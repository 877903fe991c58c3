"""HTTP: the application of one service or of all, who may use it, its pages and its errors."""

from shared.web.authentication import (
    CallerIs,
    HostIs,
    HostWithSurveyIs,
    ReviewerIs,
    StaffIs,
    StaffOnly,
    StudentIs,
    StudentWithSurveyIs,
    ViewerIs,
    VisitorIs,
)
from shared.web.callers import Caller, Purpose, Role
from shared.web.forms import FormIs, Submitted, model_of
from shared.web.layout import is_htmx
from shared.web.limits import count_request, rate_limited
from shared.web.pages import Pages, redirect
from shared.web.unit_of_work import work_in

__all__ = [
    "Caller",
    "CallerIs",
    "FormIs",
    "HostIs",
    "HostWithSurveyIs",
    "Pages",
    "Purpose",
    "ReviewerIs",
    "Role",
    "StaffIs",
    "StaffOnly",
    "StudentIs",
    "StudentWithSurveyIs",
    "Submitted",
    "ViewerIs",
    "VisitorIs",
    "count_request",
    "is_htmx",
    "model_of",
    "rate_limited",
    "redirect",
    "work_in",
]
