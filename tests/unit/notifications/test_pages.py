"""The pages that mails lead to exist in some service."""

import pytest
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path

from ninthweek.services import NAMES, load
from shared.web.application import routes_of
from tests.support.notifications import messages_with_mails

LEADS_TO = sorted({mail.path for _, mails in messages_with_mails() for mail in mails if mail.path})
PAGES = [
    route.path for route in iter_route_contexts(routes_of(tuple(load(name) for name in NAMES)).routes) if route.path
]


@pytest.mark.parametrize("path", LEADS_TO)
def test_every_mail_leads_to_a_page_that_there_is(path: str) -> None:
    assert any(compile_path(page)[0].match(path) for page in PAGES)
