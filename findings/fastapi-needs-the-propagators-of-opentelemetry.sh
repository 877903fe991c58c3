#!/usr/bin/env bash
# FastAPI 0.165.0 with opentelemetry-api 1.45.2, Python 3.11
#
# FastAPI depends on opentelemetry-api, and "import fastapi" imports its traces, metrics, logs and propagators, used
# or not. OpenTelemetry reads OTEL_PROPAGATORS at that import: where the environment names a propagator that comes in
# a package of its own, such as the standard's "b3", a service without any telemetry does not start.
#
# Seen:
#   import fastapi: 30 modules of opentelemetry
#   with OTEL_PROPAGATORS=b3: ValueError: Propagator b3 not found. It is either misspelled or not installed.

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet fastapi==0.165.0 opentelemetry-api==1.45.2

"$folder/venv/bin/python" - <<'PYTHON'
import sys

import fastapi

modules = sum(name.split(".")[0] == "opentelemetry" for name in sys.modules)
print(f"import fastapi: {modules} modules of opentelemetry")
assert modules > 10
PYTHON

OTEL_PROPAGATORS=b3 "$folder/venv/bin/python" - <<'PYTHON'
try:
    import fastapi
except ValueError as error:
    print(f"with OTEL_PROPAGATORS=b3: ValueError: {error}")
else:
    raise SystemExit("with OTEL_PROPAGATORS=b3: imported")
PYTHON
