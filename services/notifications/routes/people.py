"""Hosts and students as staff see them: found by name or address, with what they were told, and their links."""

from typing import Annotated, Final
from urllib.parse import quote, unquote

from fastapi import Path, Request, Response
from fastapi.responses import HTMLResponse

from services.notifications import service
from services.notifications.revoking import revoke
from services.notifications.routes.looks import InNotifications, pages
from services.notifications.rules.links import new_links
from services.notifications.rules.mails import PersonKind, Recipient
from services.notifications.rules.people import Person
from services.notifications.store import emails, known
from services.notifications.store import people as store
from services.notifications.telling import tell
from shared.contracts.message import Identifier, subject
from shared.refusals import NotFound
from shared.runtime import Work
from shared.web import FormIs, StaffIs, ViewerIs, redirect
from shared.web.door import door_of

MOST_FOUND: Final = 50
LATEST_MAILS: Final = 100

PEOPLE: Final = "/staff/people"
PERSON: Final = f"{PEOPLE}/{{kind}}/{{person_id}}"

WORDS: Final = "ninthweek-words"
LONGEST_WORDS: Final = 254
SECONDS_TO_LOOK: Final = 1_800

PersonId = Annotated[Identifier, Path()]


@service.routes.get(PEOPLE, include_in_schema=False, response_class=HTMLResponse)
async def show_people(request: Request, caller: ViewerIs, work: InNotifications) -> HTMLResponse:
    """Where hosts and students are looked for, and who was found by the last words."""
    words = unquote(request.cookies.get(WORDS, ""))[:LONGEST_WORDS]
    found = await store.search(work.connection, words, limit=MOST_FOUND + 1) if words else None
    return pages.answer(request, caller, "people.jinja", words=words, found=found, most=MOST_FOUND)


@service.routes.post(PEOPLE, include_in_schema=False, response_class=HTMLResponse)
async def search(request: Request, _caller: ViewerIs, form: FormIs) -> Response:
    """Look for somebody. The words are kept in a cookie: they may be an address, which has no place in a URL."""
    answer = redirect(request, PEOPLE)
    answer.set_cookie(
        WORDS,
        quote(form.line("words")[:LONGEST_WORDS]),
        max_age=SECONDS_TO_LOOK,
        path=PEOPLE,
        secure=door_of(request).settings.behind_tls,
        httponly=True,
        samesite="strict",
    )
    return answer


@service.routes.get(PERSON, include_in_schema=False, response_class=HTMLResponse)
async def show_person(
    request: Request, kind: PersonKind, person_id: PersonId, caller: ViewerIs, work: InNotifications
) -> HTMLResponse:
    """A host or student, the mails to them, and whether their links were revoked."""
    return pages.answer(
        request,
        caller,
        "person.jinja",
        person=await _person(work, kind, person_id),
        mails=await emails.told(work.connection, kind, person_id, limit=LATEST_MAILS),
        most=LATEST_MAILS,
        revocations=await store.revocations(work.connection, kind, person_id),
    )


@service.routes.post(f"{PERSON}/link", include_in_schema=False, response_class=HTMLResponse)
async def send_link(
    request: Request, kind: PersonKind, person_id: PersonId, _caller: StaffIs, work: InNotifications
) -> Response:
    """Send a person a new link to all of their pages."""
    person = await _person(work, kind, person_id)
    await tell(work, new_links([Recipient(kind, person_id)], await known.rounds(work.connection), work.now))
    return redirect(request, _page_of(person), said="A new link is on its way to the address below.")


@service.routes.post(f"{PERSON}/revocation", include_in_schema=False, response_class=HTMLResponse)
async def revoke_links(
    request: Request, kind: PersonKind, person_id: PersonId, caller: StaffIs, work: InNotifications
) -> Response:
    """Have all links that a person was sent so far open nothing any more."""
    await work.lock(subject(kind, person_id))
    person = await _person(work, kind, person_id)
    await revoke(work, kind, person_id, by=caller.name or caller.id)
    return redirect(request, _page_of(person), said="Every link sent so far opens nothing any more.")


async def _person(work: Work, kind: PersonKind, person_id: str) -> Person:
    person = await store.person(work.connection, kind, person_id)
    if person is None:
        raise NotFound(f"There is no {kind} {person_id}.")
    return person


def _page_of(person: Person) -> str:
    return PERSON.format(kind=person.kind, person_id=person.person_id)
