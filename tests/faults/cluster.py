"""A cluster of three brokers, in containers on a network of their own."""

import json
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from time import monotonic, sleep

import docker
from docker.models.containers import Container
from docker.models.networks import Network

from ninthweek.servers.containers import RABBITMQ_IMAGE
from ninthweek.servers.ports import free_port
from ninthweek.servers.rabbitmq import speaks_amqp

STARTS_WITHIN = 120.0
"""Seconds."""


class ClusterFailed(Exception):
    """A node did not do what it was asked to do; the text is its output."""


@dataclass(frozen=True)
class Node:
    """One broker; `port` is on this machine."""

    name: str
    port: int
    url: str
    _container: Container

    def control(self, *arguments: str) -> str:
        """What `rabbitmqctl` answers. Raises `ClusterFailed`."""
        answer = self._container.exec_run(["rabbitmqctl", *arguments])
        assert isinstance(answer.output, bytes)
        if answer.exit_code != 0:
            raise ClusterFailed(answer.output.decode())
        return answer.output.decode()

    def kill(self) -> None:
        self._container.kill()

    def start(self) -> None:
        """Start it and return when it speaks AMQP."""
        self._container.start()
        self.await_start()

    def await_start(self) -> None:
        end = monotonic() + STARTS_WITHIN
        while not speaks_amqp("127.0.0.1", self.port):
            if monotonic() > end:
                raise ClusterFailed(self._container.logs(tail=20).decode())
            sleep(0.1)

    def cut_off(self, network: Network) -> None:
        """Take it off the network; no other node is notified."""
        network.disconnect(self._container)


@dataclass(frozen=True)
class Cluster:
    """Three brokers that know each other."""

    nodes: Sequence[Node]
    network: Network

    def leader_first(self, queue: str) -> list[Node]:
        """The nodes, with the leader of a queue first. Raises `ClusterFailed` unless all three hold a copy of it."""
        listed = self.nodes[0].control("list_queues", "--quiet", "--formatter", "json", "name", "leader", "online")
        (state,) = (each for each in json.loads(listed) if each["name"] == queue)
        if len(state["online"]) != len(self.nodes):
            raise ClusterFailed(f"{queue} is held by {state['online']}")
        return sorted(self.nodes, key=lambda node: not state["leader"].endswith(f"@{node.name}"))


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Three brokers while the block lasts; afterwards they, their data and their network are removed."""
    client = docker.from_env()
    name = f"ninthweek-{os.getpid()}-{secrets.token_hex(3)}"
    with ExitStack() as ours:
        ours.callback(client.close)
        network = client.networks.create(name)
        ours.callback(network.remove)
        cookie, password = secrets.token_hex(16), secrets.token_hex(16)
        nodes = [_node(client, ours, network, f"{name}-{number}", cookie, password) for number in (1, 2, 3)]
        for node in nodes:
            node.await_start()
        for node in nodes[1:]:
            node.control("stop_app")
            node.control("join_cluster", f"rabbit@{nodes[0].name}")
            node.control("start_app")
        yield Cluster(nodes, network)


def _node(
    client: docker.DockerClient, ours: ExitStack, network: Network, name: str, cookie: str, password: str
) -> Node:
    port = free_port()
    container = client.containers.run(
        RABBITMQ_IMAGE,
        detach=True,
        name=name,
        hostname=name,
        network=network.name,
        ports={"5672/tcp": ("127.0.0.1", port)},
        environment={
            "RABBITMQ_ERLANG_COOKIE": cookie,
            "RABBITMQ_DEFAULT_USER": "ninthweek",
            "RABBITMQ_DEFAULT_PASS": password,
            # Seconds after which a silent node is given up, and what was delivered there is delivered elsewhere.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel net_ticktime 8",
        },
    )
    ours.callback(container.remove, force=True, v=True)
    return Node(name, port, f"amqp://ninthweek:{password}@127.0.0.1:{port}/", container)
