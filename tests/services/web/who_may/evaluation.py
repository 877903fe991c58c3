"""The routes of evaluation."""

from tests.services.web.who_may.visitors import HOSTS, STAFF, STUDENTS, THE_HOST, THE_STUDENT, VIEWERS, Access

WHO_MAY: Access = {
    "GET /host/surveys": HOSTS,
    "GET /host/surveys/{survey_id}": THE_HOST,
    "GET /host/surveys/{survey_id}/change": THE_HOST,
    "GET /reports/{round_id}": VIEWERS,
    "GET /reports/{round_id}.html": VIEWERS,
    "GET /staff/reports": VIEWERS,
    "GET /staff/reports/{round_id}": VIEWERS,
    "GET /student/surveys": STUDENTS,
    "GET /student/surveys/{survey_id}": THE_STUDENT,
    "GET /student/surveys/{survey_id}/change": THE_STUDENT,
    "GET /surveys": STAFF,
    "GET /surveys/{survey_id}": STAFF,
    "POST /host/surveys/{survey_id}": THE_HOST,
    "POST /student/surveys/{survey_id}": THE_STUDENT,
    "POST /surveys/{survey_id}/answers": STAFF,
}
