"""The routes of intake."""

from tests.services.web.who_may.visitors import STAFF, Access

WHO_MAY: Access = {
    "GET /applications": STAFF,
    "GET /applications/{application_id}": STAFF,
    "GET /documents/{document_id}": STAFF,
    "GET /projects": STAFF,
    "GET /projects/{project_id}": STAFF,
    "GET /rounds": STAFF,
    "GET /rounds/{round_id}": STAFF,
    "POST /applications/{application_id}/withdrawal": STAFF,
    "POST /documents": STAFF,
    "POST /projects/{project_id}/withdrawal": STAFF,
    "POST /rounds": STAFF,
    "PUT /rounds/{round_id}": STAFF,
}
