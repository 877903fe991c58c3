"""Pages on which staff look up hosts and students by name or address, and see the mails to them and their links."""

from typing import Annotated, Final
from urllib.parse import quote, unquote

from fastapi import Path, Request, Response
from fastapi.responses import HTMLResponse

from services.notifications import store
from services.notifications.actions import links, people
from services.notifications.dependencies import PAGES, WorkIs, page_routes
from services.notifications.rules.mails import PersonKind
from shared.contracts.message import Identifier
from shared.web import FormIs, StaffIs, ViewerIs, redirect
from shared.web.authentication import authenticator_of

MOST_FOUND: Final = 50
LATEST_MAILS: Final = 100

PEOPLE: Final = "/staff/people"
PERSON: Final = f"{PEOPLE}/{{kind}}/{{person_id}}"

WORDS: Final = "ninthweek-words"
LONGEST_WORDS: Final = 254
SECONDS_TO_LOOK: Final = 1_800

PersonId = Annotated[Identifier, Path()]

routes = page_routes()


@routes.get(PEOPLE)
async def show_people(request: Request, caller: ViewerIs, work: WorkIs) -> HTMLResponse:
    """Show the search for hosts and students, with the result for the last words."""
    words = unquote(request.cookies.get(WORDS, ""))[:LONGEST_WORDS]
    found = await store.people.search(work.connection, words, limit=MOST_FOUND + 1) if words else None
    return PAGES.answer(request, caller, "people.jinja", words=words, found=found, most=MOST_FOUND)


@routes.post(PEOPLE)
async def search(request: Request, _caller: ViewerIs, form: FormIs) -> Response:
    """Search. The words are kept in a cookie: they may be an e-mail address, which should not be in a URL."""
    answer = redirect(request, PEOPLE)
    answer.set_cookie(
        WORDS,
        quote(form.line("words")[:LONGEST_WORDS]),
        max_age=SECONDS_TO_LOOK,
        path=PEOPLE,
        secure=authenticator_of(request).settings.behind_tls,
        httponly=True,
        samesite="strict",
    )
    return answer


@routes.get(PERSON)
async def show_person(
    request: Request, kind: PersonKind, person_id: PersonId, caller: ViewerIs, work: WorkIs
) -> HTMLResponse:
    """Show a host or student, the mails to them, and whether their links were revoked."""
    return PAGES.answer(
        request,
        caller,
        "person.jinja",
        person=await people.person(kind, person_id, work),
        mails=await store.emails.latest(work.connection, kind, person_id, limit=LATEST_MAILS),
        most=LATEST_MAILS,
        revocations=await store.people.revocations(work.connection, kind, person_id),
    )


@routes.post(f"{PERSON}/link")
async def send_link(
    request: Request, kind: PersonKind, person_id: PersonId, _caller: StaffIs, work: WorkIs
) -> Response:
    """Send a person a new link to all of their pages."""
    await links.send_link(kind, person_id, work)
    return redirect(request, _page_of(kind, person_id), notice="A new link is on its way to the address below.")


@routes.post(f"{PERSON}/revocation")
async def revoke_links(
    request: Request, kind: PersonKind, person_id: PersonId, caller: StaffIs, work: WorkIs
) -> Response:
    """Revoke all links that a person was sent so far."""
    await people.revoke_links(kind, person_id, work, by=caller.name or caller.id)
    return redirect(request, _page_of(kind, person_id), notice="Every link sent so far opens nothing any more.")


def _page_of(kind: PersonKind, person_id: str) -> str:
    return PERSON.format(kind=kind, person_id=person_id)
