"""The routes of screening."""

from tests.services.web.who_may.visitors import REVIEWERS, STAFF, VIEWERS, Access

WHO_MAY: Access = {
    "GET /reviews": STAFF,
    "GET /reviews/{project_id}": STAFF,
    "GET /staff/screening": VIEWERS,
    "GET /staff/screening/projects/{project_id}": VIEWERS,
    "GET /staff/screening/release": VIEWERS,
    "GET /staff/screening/rules": VIEWERS,
    "POST /reviews/{project_id}/revisions/{revision}/verdict": STAFF,
    "POST /staff/screening/projects/{project_id}/revisions/{revision}/assignment": REVIEWERS,
    "POST /staff/screening/projects/{project_id}/revisions/{revision}/opinion": REVIEWERS,
    "POST /staff/screening/projects/{project_id}/revisions/{revision}/opinion/drop": REVIEWERS,
    "POST /staff/screening/projects/{project_id}/revisions/{revision}/scores": REVIEWERS,
    "POST /staff/screening/projects/{project_id}/revisions/{revision}/verdict": REVIEWERS,
    "POST /staff/screening/projects/{project_id}/revisions/{revision}/verdict/clear": REVIEWERS,
    "POST /staff/screening/release": STAFF,
    "POST /staff/screening/rules": STAFF,
    "POST /staff/screening/rules/{rule_id}/pause": STAFF,
    "POST /staff/screening/rules/{rule_id}/remove": STAFF,
    "POST /staff/screening/rules/{rule_id}/resume": STAFF,
}
