"""`ninthweek`: every command, and what a person is told when one cannot do its work."""

import sys

import asyncpg
import typer
from aio_pika.exceptions import AMQPError, ProbableAuthenticationError
from aiormq.exceptions import ChannelAccessRefused
from pydantic import ValidationError

from ninthweek.command_line import broker, desk, publishing, running, sign_in
from ninthweek.settings import SettingFaulty
from shared.broker.declaration import TopologyConflict
from shared.broker.policies import ManagementUnusable, PoliciesEndanger
from shared.contracts.documents import BreakingChange
from shared.database.connection import DatabaseAway, MigrationBlocked, UnsuitableDatabase
from shared.runtime.settings import RuntimeSettings
from shared.servers import ServersUnavailable

commands = typer.Typer(
    help="Runs a university's micro-placement programme: five services that talk only by events over RabbitMQ.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for room in (running, broker, publishing, desk, sign_in):
    commands.add_typer(room.commands)

FAULTS_IN_WORDS = (
    *(BreakingChange, SettingFaulty, ServersUnavailable),
    *(TopologyConflict, PoliciesEndanger, ManagementUnusable, UnsuitableDatabase, MigrationBlocked),
)
"""Faults whose text says what is wrong, and what to do."""


def main() -> None:
    """Run a command; whatever stops it is told in one line, without a traceback."""
    try:
        commands()
    except FAULTS_IN_WORDS as fault:
        _stop(str(fault))
    except ValidationError as fault:
        prefix = RuntimeSettings.model_config.get("env_prefix", "") if fault.title == RuntimeSettings.__name__ else ""
        settings = "; ".join(f"{prefix}{error['loc'][0]}".upper() + f": {error['msg']}" for error in fault.errors())
        _stop(f"These settings are not usable. {settings}.")
    except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError) as fault:
        _stop(
            f"The database does not let us in ({type(fault).__name__}): check DATABASE_URL, or run `ninthweek migrate`."
        )
    except (ChannelAccessRefused, ProbableAuthenticationError) as fault:
        _stop(f"The broker does not let us do this ({type(fault).__name__}): check the user in the AMQP URL.")
    except (AMQPError, DatabaseAway, OSError) as fault:
        _stop(f"A server cannot be reached ({type(fault).__name__}): check DATABASE_URL, AMQP_URL and the port.")


def _stop(message: str) -> None:
    sys.stderr.write(f"ninthweek: {message}\n")
    raise SystemExit(2)
