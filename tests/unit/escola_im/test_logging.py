import json
import logging

import pytest
import structlog

from escola_im.logging import configure_logging, scrub_path


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/hooks/uptime-robot/main/?token=abc", "/hooks/uptime-robot/main/"),
        ("/hooks/uptime-robot/main/abc", "/hooks/uptime-robot/main/…"),
        ("/notice/12.uxjx.sig/", "/notice/…"),
        ("/answer/abc/", "/answer/…"),
        ("/on-call/feed/3-0a1b.ics", "/on-call/feed/…"),
        ("/incidents/INC-2026-000123/?q=Anna", "/incidents/INC-2026-000123/"),
        ("/healthz", "/healthz"),
    ],
)
def test_a_logged_path_carries_no_token_and_no_query(path: str, logged: str) -> None:
    assert scrub_path(path) == logged


def test_a_log_line_is_one_json_object_with_the_request_id_and_without_secrets() -> None:
    formatter_settings = dict(configure_logging("json", "INFO")["formatters"]["line"])
    formatter = formatter_settings.pop("()")(**formatter_settings)
    said = "GET http://host/?token=geheim failed, Forbidden: /notice/12.uxjx.sig/"
    record = logging.LogRecord("lib", logging.ERROR, "x.py", 1, said, (), None)

    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        line = json.loads(formatter.format(record))

    assert line["event"] == "GET http://host/?token=… failed, Forbidden: /notice/…"
    assert (line["request_id"], line["level"], line["logger"]) == ("r-1", "error", "lib")
