"""The routes of evaluation."""

from tests.services.web.who_may.visitors import STAFF, Access

WHO_MAY: Access = {
    "GET /reports/{round_id}": STAFF,
    "GET /reports/{round_id}.html": STAFF,
    "GET /surveys": STAFF,
    "GET /surveys/{survey_id}": STAFF,
    "POST /surveys/{survey_id}/answers": STAFF,
}
