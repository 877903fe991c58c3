"""The routes of matching."""

from tests.services.web.who_may.visitors import STAFF, Access

WHO_MAY: Access = {
    "GET /offers": STAFF,
    "GET /offers/{application_id}": STAFF,
    "GET /placements": STAFF,
    "GET /placements/{application_id}": STAFF,
    "GET /rankings/{project_id}": STAFF,
    "POST /offers/{application_id}/reply": STAFF,
    "POST /placements/{application_id}/cancellation": STAFF,
    "PUT /rankings/{project_id}": STAFF,
}
