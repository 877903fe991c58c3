"""Every source and id that was ever received, and the outcome."""

from collections.abc import Sequence
from datetime import datetime

from services.intake.rules.submissions import Arrival
from shared.contracts.faults import Fault
from shared.database.connection import Connection


async def claim(connection: Connection, arrival: Arrival, *, at: datetime) -> bytes | None:
    """Register a submission, unless another has its source and id; returns the digest of that one, else `None`.

    Waits for any other transaction that is registering the same source and id.
    """
    claimed = await connection.fetchval(
        """
        insert into submissions (source, id, type, digest, outcome, sent_at, handled_at)
        values ($1, $2, $3, $4, 'accepted', $5, $6)
        on conflict (source, id) do nothing returning true
        """,
        arrival.source,
        arrival.id,
        arrival.type,
        arrival.digest,
        arrival.sent_at,
        at,
    )
    if claimed:
        return None
    first: bytes = await connection.fetchval(
        "select digest from submissions where source = $1 and id = $2", arrival.source, arrival.id
    )
    return first


async def refuse(connection: Connection, arrival: Arrival, faults: Sequence[Fault]) -> None:
    await connection.execute(
        "update submissions set outcome = 'refused', faults = $3 where source = $1 and id = $2",
        arrival.source,
        arrival.id,
        [fault.field for fault in faults],
    )
