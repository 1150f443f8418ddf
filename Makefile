LINT_ENV := MODE=test SECRET_KEY=lint FIELD_KEYS=lint-only-lint-only-lint-only-lint-only \
  DATABASE_URL=postgresql://localhost/lint REDIS_URL=redis://localhost/0 DJANGO_SETTINGS_MODULE=escola_im.settings

.PHONY: types
types:
	$(LINT_ENV) .venv/bin/python -m mypy .
