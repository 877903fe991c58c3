"""Rules for trusted hosts, and what each approved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from services.screening.rules.approval import ApprovalRule, Terms
from services.screening.rules.findings import Kind
from services.screening.rules.reviews import Review
from shared.database.connection import Connection

if TYPE_CHECKING:
    from asyncpg import Record


@dataclass(frozen=True, slots=True)
class Approved:
    """A revision that a rule approved."""

    project_id: str
    revision: int
    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptRule:
    """A rule, who set and who removed it, and what it approved, the latest first."""

    rule: ApprovalRule
    organisation: str
    round_name: str | None
    made_by: str
    made_at: datetime
    removed_by: str | None
    removed_at: datetime | None
    approved: Sequence[Approved]


async def add(connection: Connection, terms: Terms, *, by_id: str, at: datetime) -> int:
    """Add a rule; returns its id."""
    rule_id: int = await connection.fetchval(
        """
        insert into approval_rules
            (host_id, corrections_only, without, round_id, last_day, reason, made_by, made_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        returning rule_id
        """,
        terms.host_id,
        terms.corrections_only,
        sorted(terms.without),
        terms.round_id,
        terms.last_day,
        terms.reason,
        by_id,
        at,
    )
    return rule_id


async def is_removed(connection: Connection, rule_id: int) -> bool | None:
    """Whether a rule was removed; `None` if there never was one."""
    removed: bool | None = await connection.fetchval(
        "select removed_at is not null from approval_rules where rule_id = $1", rule_id
    )
    return removed


async def pause(connection: Connection, rule_id: int, at: datetime | None) -> None:
    """Pause a rule at a moment; with `None`, resume it."""
    await connection.execute("update approval_rules set paused_at = $2 where rule_id = $1", rule_id, at)


async def remove(connection: Connection, rule_id: int, *, by_id: str, at: datetime) -> None:
    """Remove a rule for good. What it approved stays explained."""
    await connection.execute(
        "update approval_rules set removed_at = $2, removed_by = $3 where rule_id = $1", rule_id, at, by_id
    )


async def of_host(connection: Connection, host_id: str) -> list[ApprovalRule]:
    """The rules of a host that were not removed, the oldest first."""
    rows = await connection.fetch(
        "select * from approval_rules where host_id = $1 and removed_at is null order by rule_id", host_id
    )
    return [_rule(row) for row in rows]


async def kept(connection: Connection) -> list[KeptRule]:
    """All rules ever set, the latest first."""
    rows = await connection.fetch(
        """
        select
            approval_rules.*, making.name as maker, removing.name as remover,
            coalesce(organisation, approval_rules.host_id) as organisation,
            coalesce(rounds.name, approval_rules.round_id) as round_name
        from approval_rules
        join staff as making on making.staff_id = made_by
        left join staff as removing on removing.staff_id = removed_by
        left join hosts using (host_id)
        left join rounds using (round_id)
        order by rule_id desc
        """
    )
    approved = await connection.fetch(
        """
        select rule_id, project_id, revision, reviews.project ->> 'title' as title, at
        from rule_approvals join reviews using (project_id, revision) order by at desc, project_id
        """
    )
    by_rule: dict[int, list[Approved]] = {}
    for row in approved:
        by_rule.setdefault(row["rule_id"], []).append(
            Approved(row["project_id"], row["revision"], row["title"], row["at"])
        )
    return [
        KeptRule(
            rule=_rule(row),
            organisation=row["organisation"],
            round_name=row["round_name"],
            made_by=row["maker"],
            made_at=row["made_at"],
            removed_by=row["remover"],
            removed_at=row["removed_at"],
            approved=by_rule.get(row["rule_id"], []),
        )
        for row in rows
    ]


async def note_approval(connection: Connection, rule: ApprovalRule, review: Review, at: datetime) -> None:
    await connection.execute(
        """
        insert into rule_approvals (project_id, revision, rule_id, at) values ($1, $2, $3, $4)
        on conflict (project_id, revision) do nothing
        """,
        review.project_id,
        review.revision,
        rule.rule_id,
        at,
    )


async def approved_by(connection: Connection, project_id: str) -> dict[int, ApprovalRule]:
    """The rules that approved revisions of a project, by revision."""
    rows = await connection.fetch(
        """
        select rule_approvals.revision, approval_rules.* from rule_approvals join approval_rules using (rule_id)
        where project_id = $1
        """,
        project_id,
    )
    return {row["revision"]: _rule(row) for row in rows}


def _rule(row: "Record") -> ApprovalRule:
    return ApprovalRule(
        rule_id=row["rule_id"],
        terms=Terms(
            host_id=row["host_id"],
            corrections_only=row["corrections_only"],
            without=frozenset(map(Kind, row["without"])),
            round_id=row["round_id"],
            last_day=row["last_day"],
            reason=row["reason"],
        ),
        paused=row["paused_at"] is not None,
    )
