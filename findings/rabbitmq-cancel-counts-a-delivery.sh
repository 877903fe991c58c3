#!/usr/bin/env bash
# RabbitMQ 3.10.8 (package of Debian 12, with its Erlang 25.2.3) with py-amqp 5.4.2, Python 3.11
#
# A consumer of a quorum queue handles and acknowledges all that is delivered to it, is cancelled in order while
# messages keep coming, and closes its channel. What the queue had on its way to it at that moment is not delivered
# any more, but given back; and to the next consumer it comes as `redelivered`, with `x-delivery-count: 1`, though no
# consumer has ever seen it. Each such cancel takes one of the tries that the queue's delivery limit allows.
#
# Seen, over 40 cancels: some hundreds of messages, each taken once by a consumer, came as redelivered with the count 1.

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet amqp==5.4.2

mkdir "$folder/packages" "$folder/home"
erlang=(base asn1 crypto eldap ftp inets mnesia os-mon parsetools public-key runtime-tools snmp ssl syntax-tools tftp tools xmerl)
[ -n "$(ls /var/lib/apt/lists/*Packages* 2>/dev/null)" ] || apt-get update --quiet=2
(cd "$folder/packages" && apt-get download --quiet=2 rabbitmq-server=3.10.8-1.1+deb12u1 "${erlang[@]/#/erlang-}")
for package in "$folder"/packages/*.deb; do dpkg-deb --extract "$package" "$folder/root"; done
programs=$folder/root/usr/lib/rabbitmq/lib/rabbitmq_server-3.10.8/sbin

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
port=$(free_port)
export HOME=$folder/home PATH=$folder/root/usr/lib/erlang/bin:$PATH ERL_ROOTDIR=$folder/root/usr/lib/erlang
export RABBITMQ_NODENAME=finding$port@localhost RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT=$port
RABBITMQ_DIST_PORT=$(free_port) ERL_EPMD_PORT=$(free_port)
export RABBITMQ_DIST_PORT ERL_EPMD_PORT RABBITMQ_MNESIA_BASE=$folder/data RABBITMQ_LOG_BASE=$folder/log
export RABBITMQ_CONFIG_FILE=$folder/none RABBITMQ_ENABLED_PLUGINS_FILE=$folder/plugins RABBITMQ_LOGS=$folder/log/node.log
printf '[].\n' >"$folder/plugins"
"$programs/rabbitmq-server" >"$folder/output" 2>&1 &
server=$!
trap 'kill "$server"; wait "$server" || true; epmd -kill >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
for _ in $(seq 120); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then break; fi
    sleep 0.5
done

"$folder/venv/bin/python" - "$port" <<'PYTHON'
import socket
import sys
import threading
import time
from collections import Counter

import amqp


def connect() -> amqp.Connection:
    connection = amqp.Connection(host=f"127.0.0.1:{sys.argv[1]}")
    connection.connect()
    return connection


def publish(is_over: threading.Event) -> None:
    channel = connect().channel()
    channel.queue_declare("queue", durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
    ready.set()
    number = 0
    while not is_over.is_set():
        for _ in range(20):
            channel.basic_publish(amqp.Message(str(number)), routing_key="queue")
            number += 1
        time.sleep(0.002)


def take(connection: amqp.Connection, seconds: float) -> None:
    """Have what comes handled for so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            connection.drain_events(timeout=0.02)
        except socket.timeout:
            pass


ready, is_over = threading.Event(), threading.Event()
publishing = threading.Thread(target=publish, args=(is_over,))
publishing.start()
ready.wait()
consuming = connect()
taken: Counter[str] = Counter()
counts: Counter[int] = Counter()
for _ in range(40):
    channel = consuming.channel()
    channel.basic_qos(0, 200, False)

    def handle(message: amqp.Message) -> None:
        taken[message.body] += 1
        if message.delivery_info["redelivered"]:
            counts[message.headers["x-delivery-count"]] += 1
        channel.basic_ack(message.delivery_tag)

    tag = channel.basic_consume("queue", callback=handle)
    take(consuming, 0.1)
    channel.basic_cancel(tag)
    take(consuming, 0.1)
    channel.close()
is_over.set()
publishing.join()
print(f"{len(taken)} messages, each taken {max(taken.values())} time; as redelivered, by delivery count: {dict(counts)}")
assert set(taken.values()) == {1}
assert set(counts) == {1}
PYTHON
