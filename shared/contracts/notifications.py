"""The events of notifications: which mails were sent or failed, and whose links were revoked."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.fields import Moment
from shared.contracts.message import Event, Identifier

EmailId = Annotated[UUID, Field(description="The mail's id.", examples=["01990a4e-7c00-7000-8000-000000000043"])]
Template = Annotated[str, Field(description="The name of the mail's template.", examples=["offer_made"], max_length=64)]
RecipientId = Annotated[str, Field(description="The host's or student's id, or `staff`.", examples=["S00042"])]


class EmailSent(Event, about="email"):
    """The mail server accepted a mail, or the mail was written to the folder for mails."""

    email_id: EmailId
    template: Template
    recipient_id: RecipientId


class EmailFailed(Event, about="email"):
    """The mail server refused a mail permanently."""

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
    """All links that a host or student was sent before a moment are revoked.

    The sessions that they opened end too.
    """

    kind: Annotated[
        Literal["host", "student"], Field(description="Whether the person is a host or a student.", examples=["host"])
    ]
    person_id: Annotated[Identifier, Field(description="The host's or student's id.", examples=["H0042"])]
    issued_before: Annotated[
        Moment,
        Field(description="Links issued before this moment are revoked.", examples=["2027-05-20T09:30:00Z"]),
    ]
