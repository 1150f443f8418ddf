# Everything a person types. Needs make and a Python of 3.11 or newer; `tools/install.py` brings the rest into .venv.
# A distribution's Python is built with profiling: all of this runs a sixth faster on it than on one compiled by hand.
PYTHON ?= $(shell /usr/bin/python3 -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && \
	echo /usr/bin/)python3
PORT ?= 8000
VAR ?= var
PY = .venv/bin/python
# where this is set every process compiles all packages anew, which is half of its start
unexport PYTHONDONTWRITEBYTECODE
# settings load without engines: checks that read the code need values, not servers
LINT_ENV = MODE=test SECRET_KEY=lint FIELD_KEYS=lint-only-lint-only-lint-only-lint-only \
	DATABASE_URL=postgresql://127.0.0.1:1/lint REDIS_URL=redis://127.0.0.1:1/0 DJANGO_SETTINGS_MODULE=escola_im.settings

.PHONY: help demo demo-reset test test-unit check format lint types layers migrations templates translations docs \
	bench audit lock messages screenshots shell clean env-demo env-dev

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

demo: env-demo  ## start the whole product with a demo company (PORT=8000, VAR=var)
	@PORT=$(PORT) VAR=$(VAR) exec $(PY) -m tools.demo

demo-reset: env-demo  ## delete the demo's data below VAR
	@VAR=$(VAR) exec $(PY) -m tools.demo reset

test: env-dev  ## the whole suite on real PostgreSQL, Valkey, Celery and a browser
	@$(PY) -m tools.messages compile
	@$(PY) -m tools.browser
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-unit: env-dev  ## rules and translators only, without a database
	$(PY) -m pytest -n 2 tests/unit

check: lint types layers migrations templates translations docs test  ## everything that must hold before a commit

format: env-dev  ## write code and imports in the one style
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

lint: env-dev  ## style and mistakes (ruff)
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .

types: env-dev  ## mypy --strict over everything
	$(LINT_ENV) $(PY) -m mypy .

layers: env-dev  ## the floors of the house (import-linter)
	.venv/bin/lint-imports

migrations: env-dev  ## no model may differ from its migrations
	$(LINT_ENV) $(PY) -W ignore manage.py makemigrations --check --dry-run

templates: env-dev  ## template lint (djlint)
	.venv/bin/djlint templates --lint --quiet

translations: env-dev  ## every German text has its English one
	$(PY) -m tools.messages check

docs: env-dev  ## generated pages are up to date
	$(LINT_ENV) $(PY) manage.py settings_table --check

bench: env-dev  ## the table of docs/benchmarks.md, measured on this machine (ONLY="pages --quick" for a part)
	@$(PY) -m bench $(ONLY)

audit: env-dev  ## known advisories (needs an index that carries them)
	.venv/bin/uv tool run pip-audit --require-hashes --disable-pip -r requirements/base.lock

lock: env-dev  ## resolve the dependencies anew
	.venv/bin/uv pip compile -q $(LOCK) -o requirements/base.lock
	.venv/bin/uv pip compile -q $(LOCK) --group demo -o requirements/demo.lock
	.venv/bin/uv pip compile -q $(LOCK) --group demo --group test --group lint -o requirements/dev.lock

LOCK = pyproject.toml --universal --generate-hashes --no-annotate --no-header --no-emit-index-url --python-version 3.11

messages: env-dev  ## collect new texts into locale/en and compile it
	$(PY) -m tools.messages update
	$(PY) -m tools.messages compile

screenshots: env-dev  ## every room of the running demo, light, dark and phone, into VAR/screenshots
	@VAR=$(VAR) $(PY) -m tools.screenshots http://localhost:$(PORT)

shell: env-dev  ## a shell with engines of its own below var/workshop
	@$(PY) -m tests.engines

clean:  ## remove .venv and caches; data below var stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results

env-demo:
	@$(PYTHON) tools/install.py demo

env-dev:
	@$(PYTHON) tools/install.py dev
