PYTHON ?= python3
UV     := uv==0.13.9

# With four workers, the whole suite and its PostgreSQL and RabbitMQ keep two cores busy.
WORKERS ?= 4

MINUTES ?= 10

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo up test faults soak bench bench-long lint format lock clean

help:  ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/complete  ## run a whole term in a minute or two; the results are left in var/demo
	.venv/bin/ninthweek demo --term ninthweek/demonstration/terms/trinity-2027 --out var/demo

up: .venv/complete  ## run all services here, until Ctrl-C
	.venv/bin/ninthweek up

test: .venv/complete  ## run every test, or those of TESTS=tests/unit; with COSTS=1 list what each file costs
	.venv/bin/pytest --numprocesses $(WORKERS) --dist loadgroup $(if $(COSTS),--costs) $(PYTEST_OPTIONS) $(TESTS)

faults:  ## inject every fault; ends with what was lost or done twice, and how long recovery took
	$(MAKE) test TESTS=tests/faults

soak: .venv/complete  ## play whole terms for MINUTES=10 under faults at random; SEED=… plays the same ones again
	.venv/bin/python -m tests.soak --minutes $(MINUTES) $(if $(SEED),--seed $(SEED))

bench: .venv/bench  ## measure what it costs, beside its peers; KEYS=… names figures, SMALLEST=1 is a quick check, BESIDE=PATH compares another checkout
	$(if $(BESIDE),$(MAKE) -C $(BESIDE) .venv/bench)
	.venv/bin/python -m benchmarks $(if $(SMALLEST),--size smallest) $(if $(REPEATS),--repeats $(REPEATS)) \
		$(if $(BESIDE),--beside $(BESIDE)) $(KEYS)

bench-long: .venv/bench  ## the same, with all that takes longer: the largest term, the backlog, the memory
	.venv/bin/python -m benchmarks --size long $(KEYS)

lint: .venv/complete  ## check style, types and who may import whom
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports

format: .venv/complete  ## put the code into the house style
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

lock: .venv/bin/uv  ## update the lock files to the current versions of all dependencies
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --extra dev --upgrade \
		--generate-hashes --no-emit-index-url --custom-compile-command 'make lock' \
		pyproject.toml --output-file requirements.lock
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --extra bench --constraint requirements.lock --upgrade \
		--generate-hashes --no-emit-index-url --custom-compile-command 'make lock' \
		pyproject.toml --output-file benchmarks/requirements.lock

clean:  ## remove the environment and everything that runs have left
	@# For root, PostgreSQL's data is in folders elsewhere, which links in var lead to.
	@test ! -d var || find var -type l -lname '/var/tmp/ninthweek-*' -exec sh -c 'rm -rf "$$(readlink "$$1")"' - {} \;
	rm -rf .venv var dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# The environment: exactly the packages in the lock file, each file checked against its hash.
.venv/complete: requirements.lock | .venv/bin/uv
	.venv/bin/uv pip install --quiet --compile-bytecode --python .venv/bin/python --require-hashes --requirement requirements.lock
	.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

# The peers that the figures are compared with; they change no other package.
.venv/bench: benchmarks/requirements.lock .venv/complete | .venv/bin/uv
	.venv/bin/uv pip install --quiet --compile-bytecode --python .venv/bin/python --require-hashes --requirement $<
	@touch $@

# Debian has what `venv` needs in a separate package, python3-venv.
.venv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'ninthweek needs Python 3.11 or later; name one with PYTHON=…' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
		|| { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
			&& apt-get update -qq && apt-get install -qq --no-install-recommends python3-venv >/dev/null; } \
		|| { echo 'ninthweek needs Python with venv: on Debian, install the package python3-venv' >&2; exit 1; }
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check $(UV)
