"""One service in a process of its own: what `ninthweek run` does."""

import os

import uvloop

from ninthweek.addresses import Addresses, addresses
from ninthweek.services import NAMES, check_settings
from ninthweek.serving import serve
from ninthweek.settings import SettingFaulty, authenticator_from_environment, check_port, checked_url, variable
from shared import logs


def run_one(service: str, host: str, port: int) -> None:
    """Run a service until SIGINT or SIGTERM. Raises `SettingFaulty`."""
    if service not in NAMES:
        raise SettingFaulty(f"There is no service {service}: name one of {', '.join(NAMES)}.")
    own = addresses(os.environ.get("DATABASE_URL"), os.environ.get("AMQP_URL"))
    _check_addresses(service, own)
    if not os.environ.get("NINTHWEEK_TOKEN"):
        raise SettingFaulty("NINTHWEEK_TOKEN must be set to the token that opens the HTTP API.")
    if not os.environ.get("SESSION_SECRET"):
        raise SettingFaulty("SESSION_SECRET must be set to the secret that signs links and sessions of all services.")
    check_settings((service,))
    check_port(host, port)
    logs.configure()
    uvloop.run(serve(own, names=(service,), authenticator=authenticator_from_environment(), host=host, port=port))


def _check_addresses(service: str, own: Addresses) -> None:
    for what, urls, schemes in (
        ("DATABASE_URL", own.database, ("postgresql", "postgres")),
        ("AMQP_URL", own.amqp, ("amqp", "amqps")),
    ):
        if service not in urls:
            raise SettingFaulty(f"{variable(service, what)} must be set.")
        checked_url(variable(service, what), urls[service], *schemes)
