"""Where a service finds its database and its broker, and as whom."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from ninthweek.services import NAMES
from ninthweek.settings import variable
from shared.database.roles import service_url


@dataclass(frozen=True)
class Addresses:
    """URLs by the name of a service; each service has a role and a user of its own."""

    database: Mapping[str, str]
    amqp: Mapping[str, str]


def addresses(database_url: str | None, amqp_url: str | None, environment: Mapping[str, str] = os.environ) -> Addresses:
    """`<SERVICE>_DATABASE_URL` and `<SERVICE>_AMQP_URL` where they are set, else from the administrator's URLs.

    A service for which neither gives an address is left out.
    """
    database, amqp = {}, {}
    for name in NAMES:
        own_database = environment.get(variable(name, "DATABASE_URL"))
        own_amqp = environment.get(variable(name, "AMQP_URL"), amqp_url)
        if own_database is None and database_url is not None:
            own_database = service_url(database_url, name)
        if own_database is not None:
            database[name] = own_database
        if own_amqp is not None:
            amqp[name] = own_amqp
    return Addresses(database, amqp)
