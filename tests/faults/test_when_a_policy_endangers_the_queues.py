"""What a policy of the broker's administrator does to our queues is found, and named, before it loses anything.

On the broker that is installed (3.10 on Debian 12), and on RabbitMQ 4 in a container, each with its management API.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ninthweek.addresses import addresses
from ninthweek.migration import migrate
from ninthweek.servers.containers import ContainerRabbitMQ, container_engine_answers
from ninthweek.servers.folder import locked
from ninthweek.servers.rabbitmq import LocalRabbitMQ, installed_rabbitmq
from ninthweek.settings import AdministratorUrls
from ninthweek.staff_tools.queues import states
from shared.broker.definitions import definitions
from shared.broker.policies import ManagementUnusable, UnsafePolicies, dangers
from shared.broker.topology import topology
from shared.contracts.directory import OUTSIDE_SYSTEMS, SERVICES
from tests.faults.conftest import Ledger, declare_all
from tests.support.waiting import until

pytestmark = pytest.mark.xdist_group("killable servers")

Managed = LocalRabbitMQ | ContainerRabbitMQ


@pytest.fixture(scope="module", params=["installed", "container"])
def managed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Managed]:
    if request.param == "container":
        if not container_engine_answers():
            pytest.skip("no container engine answers")
        container = ContainerRabbitMQ()
        try:
            yield _with_queues(container)
        finally:
            container.remove()
        return
    programs = installed_rabbitmq()
    if programs is None:
        pytest.skip("no RabbitMQ is installed")
    folder = tmp_path_factory.mktemp("managed")
    with locked(folder) as lock:
        local = LocalRabbitMQ(folder, programs, held_until_gone=lock, management=True)
        try:
            yield _with_queues(local)
        finally:
            local.stop()


def _with_queues(broker: Managed) -> Managed:
    async def answers() -> bool:
        try:
            await found(broker)
        except ManagementUnusable:
            return False
        return True

    broker.start()
    asyncio.run(declare_all(broker.url))
    asyncio.run(until(answers))
    return broker


@contextmanager
def policy(
    broker: Managed, definition: dict[str, str | int], *, pattern: str = ".*", operator: bool = False
) -> Iterator[None]:
    kind = "operator_policy" if operator else "policy"
    broker.control(f"set_{kind}", "the-cap", pattern, json.dumps(definition), "--apply-to", "queues")
    try:
        yield
    finally:
        broker.control(f"clear_{kind}", "the-cap")


async def found(broker: Managed) -> set[str]:
    return {str(danger) for danger in await dangers(broker.management_url, broker.url)}


async def until_found(broker: Managed, number: int) -> set[str]:
    async def are_found() -> bool:
        return len(await found(broker)) == number

    await until(are_found)
    return await found(broker)


@pytest.fixture(autouse=True)
async def no_policy_yet(managed: Managed) -> None:
    """What the test before has set is gone: the management API shows that a little later."""
    await until_found(managed, 0)


@pytest.mark.parametrize(
    ("definition", "setting"),
    [
        ({"message-ttl": 60_000}, "message-ttl = 60000"),
        ({"max-length": 10}, "max-length = 10"),
        ({"max-length-bytes": 1_000}, "max-length-bytes = 1000"),
        ({"expires": 3_600_000}, "expires = 3600000"),
        ({"delivery-limit": 3}, "delivery-limit = 3"),
    ],
    ids=lambda given: next(iter(given)) if isinstance(given, dict) else "",
)
async def test_when_it_is_for_all_queues_each_is_named_and_so_is_the_policy(
    managed: Managed, definition: dict[str, str | int], setting: str, ledger: Ledger
) -> None:
    with policy(managed, definition):
        lines = await until_found(managed, len(topology().queues))
        ledger.injected("policy that endangers queues")
    for queue in topology().queues:
        assert any(line.startswith(f"{queue.name}: the policy the-cap sets {setting}") for line in lines)
    await until_found(managed, 0)


async def test_when_it_is_an_operators(managed: Managed, ledger: Ledger) -> None:
    with policy(managed, {"message-ttl": 60_000}, pattern="^intake$", operator=True):
        (lines,) = await until_found(managed, 1)
        ledger.injected("policy that endangers queues")
    assert lines.startswith("intake: the policy the-cap sets message-ttl")
    await until_found(managed, 0)


async def test_when_it_has_a_full_queue_drop_its_oldest(managed: Managed, ledger: Ledger) -> None:
    with policy(managed, {"overflow": "drop-head"}, pattern="^intake"):
        lines = await until_found(managed, 2)
        ledger.injected("policy that endangers queues")
    assert {line.partition(":")[0] for line in lines} == {"intake", "intake.effects"}
    await until_found(managed, 0)


async def test_when_it_sets_what_the_queues_set_themselves_it_is_no_danger(managed: Managed) -> None:
    with policy(managed, {"overflow": "reject-publish", "delivery-limit": 2_000_000_000}):
        with policy(managed, {"message-ttl": 60_000}, pattern="^intake$", operator=True):
            await until_found(managed, 1)  # by when the policy is seen too
        await until_found(managed, 0)


async def test_when_the_broker_loaded_the_definitions_one_for_all_queues_never_holds(
    managed: Managed, ledger: Ledger
) -> None:
    systems = (card.name for card in (*SERVICES, *OUTSIDE_SYSTEMS))
    urls = {name: f"amqp://{name}:secret@broker/" for name in systems}
    (ours,) = definitions("amqp://root:secret@broker/", urls, urls)["policies"]
    with policy(managed, {"message-ttl": 60_000}):
        await until_found(managed, len(topology().queues))
        ledger.injected("policy that endangers queues")
        options = ("--priority", str(ours["priority"]), "--apply-to", ours["apply-to"])
        managed.control("set_policy", *options, ours["name"], ours["pattern"], json.dumps(ours["definition"]))
        try:
            await until_found(managed, 0)
        finally:
            managed.control("clear_policy", ours["name"])


async def test_when_there_is_one_migrate_refuses_and_staff_tools_show_it(
    managed: Managed, test_database_url: str, ledger: Ledger
) -> None:
    urls = AdministratorUrls(test_database_url, managed.url, managed.management_url)
    own = addresses(urls.database, urls.amqp, {}).database

    async def prepare() -> None:
        await migrate(database_url=urls.database, amqp_url=urls.amqp, service_urls=own, management_url=urls.management)

    with policy(managed, {"message-ttl": 60_000}, pattern="^matching$"):
        await until_found(managed, 1)
        ledger.injected("policy that endangers queues")
        with pytest.raises(UnsafePolicies, match="matching: the policy the-cap sets message-ttl = 60000"):
            await prepare()
        shown = {state.service: state.policies for state in await states(urls)}
        assert [service for service, lines in shown.items() if lines] == ["matching"]
    await until_found(managed, 0)
    await prepare()


@pytest.mark.parametrize(
    ("management_url", "reason"),
    [("{management_url}", "answers 401"), ("http://127.0.0.1:1", "does not answer")],
)
async def test_when_the_management_api_cannot_be_asked_the_error_says_why(
    managed: Managed, management_url: str, reason: str
) -> None:
    url = management_url.format(management_url=managed.management_url)
    with pytest.raises(ManagementUnusable, match=reason) as raised:
        await dangers(url, "amqp://nobody:secret@127.0.0.1/")
    assert "secret" not in str(raised.value)
