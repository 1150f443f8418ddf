"""How the web process serves: threads, because pages wait for the database. Read by gunicorn where it starts."""

import gc
import os
from typing import Any

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
preload_app = True  # the workers share what importing costs, in memory and in seconds
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 30
graceful_timeout = 15
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
accesslog = None  # every request has a structured line of its own (escola_im.middleware.RequestLog)
errorlog = "-"
loglevel = "warning"
control_socket_disable = True  # its socket would stand in the home folder and be shared by two demos
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 -- gunicorn's own advice for containers


def when_ready(_server: Any) -> None:
    """Keep the collector off what was imported, so that the workers go on sharing it."""
    gc.freeze()
