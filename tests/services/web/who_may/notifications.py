"""The routes of notifications."""

from tests.services.web.who_may.visitors import EVERYBODY, STAFF, VIEWERS, Access

WHO_MAY: Access = {
    "GET /enter": EVERYBODY,
    "GET /staff/people": VIEWERS,
    "GET /staff/people/{kind}/{person_id}": VIEWERS,
    "POST /enter": EVERYBODY,
    "POST /staff/people": VIEWERS,
    "POST /staff/people/{kind}/{person_id}/link": STAFF,
    "POST /staff/people/{kind}/{person_id}/revocation": STAFF,
}
