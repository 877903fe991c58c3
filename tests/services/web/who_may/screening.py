"""The routes of screening."""

from tests.services.web.who_may.visitors import STAFF, Access

WHO_MAY: Access = {
    "GET /reviews": STAFF,
    "GET /reviews/{project_id}": STAFF,
    "POST /reviews/{project_id}/revisions/{revision}/verdict": STAFF,
}
