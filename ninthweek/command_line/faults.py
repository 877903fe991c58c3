"""What a person is told when a command cannot do its work."""

import asyncpg
from aio_pika.exceptions import AMQPError, ProbableAuthenticationError
from aiormq.exceptions import ChannelAccessRefused
from pydantic import ValidationError

from ninthweek.servers import ServersUnavailable
from ninthweek.settings import SettingFaulty
from shared.broker.declaration import TopologyConflict
from shared.broker.policies import ManagementUnusable, UnsafePolicies
from shared.contracts.documents import BreakingChange
from shared.database.connection import DatabaseAway, MigrationBlocked, UnsuitableDatabase
from shared.runtime.settings import RuntimeSettings

FAULTS_IN_WORDS = (
    *(BreakingChange, SettingFaulty, ServersUnavailable),
    *(TopologyConflict, UnsafePolicies, ManagementUnusable, UnsuitableDatabase, MigrationBlocked),
)
"""Errors whose text says what is wrong, and what to do."""


def in_words(fault: Exception) -> str | None:
    """What is wrong, and what to do about it; `None` for an error that is not foreseen."""
    match fault:
        case _ if isinstance(fault, FAULTS_IN_WORDS):
            return str(fault)
        case ValidationError():
            is_runtimes = fault.title == RuntimeSettings.__name__
            prefix = RuntimeSettings.model_config.get("env_prefix", "") if is_runtimes else ""
            settings = "; ".join(f"{prefix}{error['loc'][0]}".upper() + f": {error['msg']}" for error in fault.errors())
            return f"These settings are not usable. {settings}."
        case asyncpg.InvalidAuthorizationSpecificationError() | asyncpg.InvalidCatalogNameError():
            kind = type(fault).__name__
            return f"The database does not let us in ({kind}): check DATABASE_URL, or run `ninthweek migrate`."
        case ChannelAccessRefused() | ProbableAuthenticationError():
            return f"The broker does not let us do this ({type(fault).__name__}): check the user in the AMQP URL."
        case AMQPError() | DatabaseAway() | OSError():
            kind = type(fault).__name__
            return f"A server cannot be reached ({kind}): check DATABASE_URL, AMQP_URL and the port."
        case _:
            return None
