"""The routes of intake."""

from tests.services.web.who_may.visitors import STAFF, STUDENTS, THE_HOST, THE_STUDENT, VIEWERS, Access

WHO_MAY: Access = {
    "GET /applications": STAFF,
    "GET /applications/{application_id}": STAFF,
    "GET /catalogue": STUDENTS | VIEWERS,
    "GET /catalogue/sectors": STUDENTS | VIEWERS,
    "GET /catalogue/sectors/{slug}": STUDENTS | VIEWERS,
    "GET /catalogue/{project_id}": STUDENTS | VIEWERS,
    "GET /catalogue/{project_id}/application": STUDENTS,
    "GET /documents/{document_id}": STAFF | THE_STUDENT | THE_HOST,
    "GET /host/applications/{application_id}": THE_HOST,
    "GET /projects": STAFF,
    "GET /projects/{project_id}": STAFF,
    "GET /rounds": STAFF,
    "GET /rounds/{round_id}": STAFF,
    "GET /student/forms/{application_id}": THE_STUDENT,
    "GET /student/forms/{application_id}/withdrawal": THE_STUDENT,
    "POST /applications/{application_id}/withdrawal": STAFF,
    "POST /catalogue/{project_id}/application": STUDENTS,
    "POST /catalogue/{project_id}/application/cv": STUDENTS,
    "POST /documents": STAFF,
    "POST /projects/{project_id}/withdrawal": STAFF,
    "POST /rounds": STAFF,
    "POST /student/forms/{application_id}/withdrawal": THE_STUDENT,
    "PUT /rounds/{round_id}": STAFF,
}
