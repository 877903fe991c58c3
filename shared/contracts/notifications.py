"""What notifications says: what became of each mail, and of the links in them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.fields import Moment
from shared.contracts.message import Event, Identifier

EmailId = Annotated[UUID, Field(description="The mail.", examples=["01990a4e-7c00-7000-8000-000000000043"])]
Template = Annotated[str, Field(description="The mail's template.", examples=["offer_made"], max_length=64)]
RecipientId = Annotated[str, Field(description="The host's or student's id, or `staff`.", examples=["S00042"])]


class EmailSent(Event, about="email"):
    """The mail server took a mail, or it lies in the folder for mails."""

    email_id: EmailId
    template: Template
    recipient_id: RecipientId


class EmailFailed(Event, about="email"):
    """The mail server refused a mail for good."""

    email_id: EmailId
    template: Template
    recipient_id: RecipientId
    reason: Annotated[
        str,
        Field(
            description="The server's answer, without the address.",
            examples=["550 no such mailbox"],
            max_length=500,
        ),
    ]


class LinksRevoked(Event, about="person"):
    """The links to the pages that a host or student was sent before a moment open nothing any more.

    The sessions that they opened end too.
    """

    kind: Annotated[Literal["host", "student"], Field(description="Whose links they are.", examples=["host"])]
    person_id: Annotated[Identifier, Field(description="The host's or student's id.", examples=["H0042"])]
    issued_before: Annotated[
        Moment,
        Field(description="Links issued before here are revoked.", examples=["2027-05-20T09:30:00Z"]),
    ]
