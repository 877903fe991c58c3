"""What must be in `docker-compose.yml` and in the Caddyfile of the reverse proxy, `door`; read, not run."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
import yaml
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from ninthweek.services import load
from ninthweek.settings import variable
from shared.contracts.directory import OUTSIDE_SYSTEMS, SERVICES
from shared.runtime.settings import RuntimeSettings
from shared.telemetry import ENDPOINTS
from shared.web import entrance
from tests.deployment.programme import ROOT

EVERY_SERVICE = [card.name for card in SERVICES]
PARTS: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
NOUNS = dict(re.findall(r"@(\w+) path_regexp (\S+)", (ROOT / "deploy" / "door" / "Caddyfile").read_text()))


def paths(routes: Sequence[BaseRoute]) -> set[str]:
    return {route.path for route in iter_route_contexts(routes) if route.path}


def own_paths(service: str) -> set[str]:
    loaded = load(service)
    return paths([*loaded.routes.routes, *loaded.open_routes.routes])


@pytest.mark.parametrize("service", EVERY_SERVICE)
def test_a_service_waits_for_migrate_and_knows_no_address_but_its_own(service: str) -> None:
    part = PARTS[service]
    assert part["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    urls = {name for name in part["environment"] if name.endswith(("_DATABASE_URL", "_AMQP_URL"))}
    assert urls == {variable(service, "DATABASE_URL"), variable(service, "AMQP_URL")}


@pytest.mark.parametrize("service", EVERY_SERVICE)
def test_every_setting_and_token_reaches_a_service(service: str) -> None:
    settings = {f"NINTHWEEK_{name.upper()}" for name in RuntimeSettings.model_fields}
    tokens = {"NINTHWEEK_TOKEN", *(variable(system.name, "TOKEN") for system in OUTSIDE_SYSTEMS)}
    assert settings | tokens | {ENDPOINTS[1]} <= PARTS[service]["environment"].keys()


def test_the_door_alone_takes_a_port_of_the_host() -> None:
    assert {name: part["ports"] for name, part in PARTS.items() if "ports" in part} == {
        "door": ["${DOOR:-127.0.0.1:8000}:8000"]
    }


@pytest.mark.parametrize("service", EVERY_SERVICE)
def test_the_door_leads_each_noun_to_the_service_that_owns_it(service: str) -> None:
    for path in own_paths(service):
        assert [name for name, nouns in NOUNS.items() if re.search(nouns, path)] == [service], path


def test_what_is_no_service_s_own_can_be_reached_through_the_door() -> None:
    for path in paths(entrance.routes.routes):
        assert [name for name, nouns in NOUNS.items() if re.search(nouns, path)] == ["entrance"], path


def test_every_variable_is_in_the_example() -> None:
    used = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text())) - {"COMPOSE_PROJECT_NAME"}
    passed = {name for part in PARTS.values() for name, value in part.get("environment", {}).items() if value is None}
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^#? ?(\w+)=", example, re.MULTILINE)) == used | passed
