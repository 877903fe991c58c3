#!/usr/bin/env bash
# pamqp 4.0.1, Python 3.11
#
# An AMQP 0-9-1 timestamp counts seconds, in 64 bits. pamqp writes it so, but takes every count above 0xFFFFFFFF
# (February 2106) for milliseconds when it reads. A date that pamqp itself wrote comes back as a day in 1970,
# without an error: what should never expire has expired long ago.
#
# Seen:
#   written 2106-01-01 00:00:00+00:00, read 2106-01-01 00:00:00+00:00
#   written 2200-01-01 00:00:00+00:00, read 1970-03-26 00:08:38.400000+00:00

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pamqp==4.0.1

"$folder/venv/bin/python" - <<'PYTHON'
from datetime import UTC, datetime

from pamqp import decode, encode


def written_and_read(year: int) -> datetime:
    written = datetime(year, 1, 1, tzinfo=UTC)
    _, table = decode.field_table(encode.field_table({"expires": written}))
    print(f"written {written}, read {table['expires']}")
    return table["expires"]


assert written_and_read(2106).year == 2106
assert written_and_read(2200).year == 1970
PYTHON
