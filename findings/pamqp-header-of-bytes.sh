#!/usr/bin/env bash
# pamqp 4.0.1, Python 3.11
#
# AMQP headers may hold bytes (type "x"). pamqp reads them, as a bytearray, and writes a bytearray, but refuses
# Python's own bytes with a TypeError.
#
# Seen:
#   bytearray: written, and read as bytearray(b'\x00\x01')
#   bytes: TypeError: digest error: Unknown type: <class 'bytes'> (b'\x00\x01')

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pamqp==4.0.1

"$folder/venv/bin/python" - <<'PYTHON'
from pamqp import decode, encode

_, table = decode.field_table(encode.field_table({"digest": bytearray(b"\0\1")}))
print(f"bytearray: written, and read as {table['digest']!r}")
assert table == {"digest": bytearray(b"\0\1")}

try:
    encode.field_table({"digest": b"\0\1"})
except TypeError as error:
    print(f"bytes: TypeError: {error}")
else:
    raise SystemExit("bytes: written")
PYTHON
