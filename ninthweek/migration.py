"""Prepares database and broker: every schema, role and table; every exchange, queue and binding."""

from collections.abc import Mapping

import aio_pika

from ninthweek.services import NAMES, migrations
from shared.broker.declaration import declare
from shared.broker.policies import UnsafePolicies, dangers
from shared.database.preparation import prepare_schema


async def migrate(
    *, database_url: str, amqp_url: str, service_urls: Mapping[str, str], management_url: str | None = None
) -> None:
    """Bring both servers to what this version needs. It can be repeated, also while services run.

    `database_url` and `amqp_url` are the administrator's. `service_urls` has each service's database by its name, in
    the role that the service will use. With `management_url`, raises `UnsafePolicies` where a policy would lose
    messages, and `ManagementUnusable` where the management API gives no answer.
    """
    for name in NAMES:
        await prepare_schema(database_url, service=name, url=service_urls[name], migrations=migrations(name))
    async with await aio_pika.connect(amqp_url) as connection:
        await declare(connection)
    if management_url and (found := await dangers(management_url, amqp_url)):
        raise UnsafePolicies(found)
