"""The routes of intake."""

from tests.services.web.who_may.visitors import HOSTS, STAFF, THE_HOST, Access

WHO_MAY: Access = {
    "GET /applications": STAFF,
    "GET /applications/{application_id}": STAFF,
    "GET /documents/{document_id}": STAFF,
    "GET /host/drafts/{draft_id}": THE_HOST,
    "GET /host/drafts/{draft_id}/obligations": THE_HOST,
    "GET /host/drafts/{draft_id}/preview": THE_HOST,
    "GET /host/drafts/{draft_id}/{step}": THE_HOST,
    "GET /host/projects": HOSTS,
    "GET /host/projects/{project_id}": THE_HOST,
    "GET /host/projects/{project_id}/withdrawal": THE_HOST,
    "GET /projects": STAFF,
    "GET /projects/{project_id}": STAFF,
    "GET /rounds": STAFF,
    "GET /rounds/{round_id}": STAFF,
    "POST /applications/{application_id}/withdrawal": STAFF,
    "POST /documents": STAFF,
    "POST /host/drafts": HOSTS,
    "POST /host/drafts/{draft_id}/discard": THE_HOST,
    "POST /host/drafts/{draft_id}/follow": THE_HOST,
    "POST /host/drafts/{draft_id}/obligations": THE_HOST,
    "POST /host/drafts/{draft_id}/preview": THE_HOST,
    "POST /host/drafts/{draft_id}/{step}": THE_HOST,
    "POST /host/projects/{project_id}/correction": THE_HOST,
    "POST /host/projects/{project_id}/draft": THE_HOST,
    "POST /host/projects/{project_id}/withdrawal": THE_HOST,
    "POST /projects/{project_id}/withdrawal": STAFF,
    "POST /rounds": STAFF,
    "PUT /rounds/{round_id}": STAFF,
}
