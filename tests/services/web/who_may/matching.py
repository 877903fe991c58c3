"""The routes of matching."""

from tests.services.web.who_may.visitors import STAFF, VIEWERS, Access

WHO_MAY: Access = {
    "GET /offers": STAFF,
    "GET /offers/{application_id}": STAFF,
    "GET /placements": STAFF,
    "GET /placements/{application_id}": STAFF,
    "GET /rankings/{project_id}": STAFF,
    "POST /offers/{application_id}/reply": STAFF,
    "POST /placements/{application_id}/cancellation": STAFF,
    "PUT /rankings/{project_id}": STAFF,
    "GET /staff/matching": VIEWERS,
    "GET /staff/matching/{round_id}": VIEWERS,
    "GET /staff/matching/{round_id}/release": STAFF,
    "GET /staff/matching/{round_id}/{policy}": VIEWERS,
    "POST /staff/matching/{round_id}/decision": STAFF,
    "POST /staff/matching/{round_id}/release": STAFF,
    "GET /staff/placements": VIEWERS,
    "GET /staff/placements/projects/{project_id}": VIEWERS,
    "GET /staff/placements/{application_id}": VIEWERS,
    "GET /staff/placements/{application_id}/cancel": STAFF,
    "GET /staff/placements/{application_id}/replace": STAFF,
    "POST /staff/placements/projects/{project_id}": STAFF,
    "POST /staff/placements/{application_id}/cancel": STAFF,
    "POST /staff/placements/{application_id}/replace": STAFF,
}
