"""The table `emails`: the mails, and what became of each."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from pydantic_core import to_jsonable_python

from services.notifications.rules.mails import DueEmail, Mail, MailLink, PersonKind, Recipient, Template
from services.notifications.rules.people import MailRecord
from shared.database.connection import Connection
from shared.identifiers import new_id


async def add(connection: Connection, mails: Iterable[Mail], *, cause: str, now: datetime) -> list[UUID]:
    """Store mails that are to be sent; returns the ids of those that were not stored before for the same cause."""
    rows = [
        {
            "email_id": new_id(),
            "template": mail.template,
            "recipient_kind": mail.recipient.kind,
            "recipient_id": mail.recipient.id,
            "facts": mail.facts,
            "path": mail.path,
            "opens": mail.opens,
            "link_ends_at": mail.link_ends_at,
        }
        for mail in mails
    ]
    added = await connection.fetch(
        """
        insert into emails (
            email_id, cause, template, recipient_kind, recipient_id, facts, path, opens, link_ends_at, state, due_at
        )
        select
            email_id, $2, template, recipient_kind, recipient_id, facts, path, opens, link_ends_at, 'due', $3
        from jsonb_to_recordset($1) as mail (
            email_id uuid, template text, recipient_kind text, recipient_id text, facts jsonb,
            path text, opens text, link_ends_at timestamptz
        )
        on conflict (cause, recipient_kind, recipient_id, template) do nothing
        returning email_id
        """,
        to_jsonable_python(rows),
        cause,
        now,
    )
    return [row["email_id"] for row in added]


async def due(connection: Connection, email_id: UUID) -> DueEmail | None:
    """A mail that is still to be sent, with its recipient's name and address as they are now."""
    row = await connection.fetchrow(
        """
        select
            emails.*,
            coalesce(hosts.contact_name, students.name) as name,
            coalesce(hosts.contact_email, students.email) as address
        from emails
        left join hosts on recipient_kind = 'host' and host_id = recipient_id
        left join students on recipient_kind = 'student' and student_id = recipient_id
        where email_id = $1 and state = 'due'
        """,
        email_id,
    )
    if row is None:
        return None
    return DueEmail(
        email_id=row["email_id"],
        cause=row["cause"],
        template=Template(row["template"]),
        recipient=Recipient(row["recipient_kind"], row["recipient_id"]),
        name=row["name"],
        address=row["address"],
        facts=row["facts"],
        link=MailLink(row["path"], row["opens"], row["due_at"], row["link_ends_at"]) if row["path"] else None,
    )


async def end(connection: Connection, email_id: UUID, *, message_id: str, refusal: str | None, at: datetime) -> bool:
    """Record that a mail was sent, or refused permanently; false if an outcome was recorded before."""
    ended = await connection.fetchval(
        """
        update emails set state = $3, ended_at = $5, message_id = $2, refusal = $4
        where email_id = $1 and state = 'due' returning true
        """,
        email_id,
        message_id,
        "failed" if refusal else "sent",
        refusal,
        at,
    )
    return bool(ended)


async def latest(connection: Connection, kind: PersonKind, person_id: str, *, limit: int) -> list[MailRecord]:
    """The latest mails to a host or student, newest first."""
    rows = await connection.fetch(
        """
        select template, due_at, state, ended_at, refusal from emails
        where recipient_kind = $1 and recipient_id = $2
        order by email_id desc
        limit $3
        """,
        kind,
        person_id,
        limit,
    )
    return [MailRecord(**row) for row in rows]
