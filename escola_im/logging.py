"""How every process writes its log: one JSON object per line for machines, or aligned text for people.

No line carries a token or a query string; `scrub_path` is the one place that knows where tokens stand.
"""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

TOKEN_IN_PATH = re.compile(
    r"(/hooks/[^/?\s]+/[^/?\s]+/|/(?:ping|notice|answer|receipts/sms|on-call/feed|confirm|unsubscribe)/)[^?\s\"']+"
)
TOKEN_IN_TEXT = re.compile(r"((?:token|key|secret|password)=)[^&\s\"']+", re.IGNORECASE)
SHARED_PROCESSORS: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def scrub_path(path: str) -> str:
    """The path without its query, and without what opens a door by itself: links of mails, a hook's token."""
    return TOKEN_IN_PATH.sub(r"\1…", path.partition("?")[0])


def scrub_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank out secrets that a library wrote into its own message (an address in an error, say)."""
    event["event"] = TOKEN_IN_TEXT.sub(r"\1…", TOKEN_IN_PATH.sub(r"\1…", str(event.get("event", ""))))
    return event


def has_traceback(record: logging.LogRecord) -> bool:
    """Whether the line tells of an exception, not only of a status."""
    return record.exc_info is not None


def configure_logging(form: str, level: str) -> dict[str, Any]:
    """Set structlog up and return the LOGGING setting. `form` is "json" or "console", `level` the quietest written."""
    structlog.configure(
        processors=[*SHARED_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, scrub_event, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if form == "json"
        else [scrub_event, structlog.dev.ConsoleRenderer(colors=False)]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*SHARED_PROCESSORS, structlog.stdlib.ExtraAdder()],
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
            }
        },
        "filters": {"with_traceback": {"()": "django.utils.log.CallbackFilter", "callback": has_traceback}},
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["out"], "level": level},
        "loggers": {
            "django": {"level": level, "handlers": [], "propagate": True},
            # an answer's status stands in our own request line, with id and duration; here only what broke
            "django.request": {"level": "ERROR", "filters": ["with_traceback"]},
            "django.server": {"level": "ERROR", "handlers": [], "propagate": True},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
        },
    }


def report_errors_to(dsn: str, *, mode: str) -> None:
    """Send this product's own errors to Sentry: no bodies, no local variables, no personal data. Empty dsn: nowhere."""
    if dsn:
        import sentry_sdk  # noqa: PLC0415  (costs each start, and where no address is set nobody needs it)

        sentry_sdk.init(
            dsn=dsn,
            environment=mode,
            send_default_pii=False,
            include_local_variables=False,
            max_request_body_size="never",
            traces_sample_rate=0.0,
        )
