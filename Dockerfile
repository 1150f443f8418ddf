# One image for web, worker and beat; it holds no secret and writes only below /var/lib/escola and /tmp.
FROM python:3.13-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends gettext && rm -rf /var/lib/apt/lists/*
RUN python -m venv /venv
COPY requirements/base.lock /tmp/base.lock
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/base.lock
COPY . /app
WORKDIR /app
RUN find locale -name '*.po' -exec sh -c 'msgfmt -o "${1%.po}.mo" "$1"' _ {} \; \
 && python -m compileall -q . \
 # values only so that settings load; nothing of them stays in the image
 && MODE=production SECRET_KEY=build-build-build-build-build-build-build-build-build-build \
    FIELD_KEYS=build-build-build-build-build-build BASE_URL=https://build EMAIL_URL=smtp://build DATABASE_URL=postgresql://x/x \
    REDIS_URL=redis://x/0 STATIC_ROOT=/app/.static /venv/bin/python manage.py collectstatic --noinput -v0

FROM python:3.13-slim
RUN apt-get update && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin escola \
 && install -d -o escola -g escola /var/lib/escola /var/lib/escola/status
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 PORT=8000 STATIC_ROOT=/app/.static VAR=/var/lib/escola
WORKDIR /app
USER 10001
EXPOSE 8000
CMD ["gunicorn", "escola_im.wsgi:application"]
