"""The command for the broker's administrator: `definitions`."""

import json
import os

import typer

from ninthweek.settings import SettingFaulty, checked_url, variable

commands = typer.Typer()


@commands.command()
def definitions() -> None:
    """Print the broker's definitions as JSON: exchanges, queues and bindings; users, and what each may do.

    For RabbitMQ's `load_definitions` or `rabbitmqctl import_definitions`. Reads AMQP_URL, the administrator's, and
    <SERVICE>_AMQP_URL and <SYSTEM>_AMQP_URL of every service and outside system: the user and the password in each URL
    are the ones that it gets. Passwords are printed as salted hashes.
    """
    from ninthweek.services import NAMES
    from shared.broker import definitions as broker
    from shared.contracts.directory import OUTSIDE_SYSTEMS

    services = {name: _amqp_url(variable(name, "AMQP_URL")) for name in NAMES}
    systems = {system.name: _amqp_url(variable(system.name, "AMQP_URL")) for system in OUTSIDE_SYSTEMS}
    try:
        made = broker.definitions(_amqp_url("AMQP_URL"), services, systems)
    except ValueError as fault:
        raise SettingFaulty(f"The definitions cannot be made: {fault}.") from None
    typer.echo(json.dumps(made, indent=2))


def _amqp_url(name: str) -> str:
    if not (url := os.environ.get(name)):
        raise SettingFaulty(f"{name} must be set.")
    return checked_url(name, url, "amqp", "amqps")
