"""A request's id travels with the task it rang for, so one search in the log shows page, task and message together."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import structlog
from celery import Celery, Task
from celery.result import AsyncResult

HEADER = "request_id"


class TracedTask(Task[Any, Any]):
    """Every task of this product logs under the request id it was rung with, or one of its own."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task with its name and request id in every log line."""
        request_id = getattr(self.request, HEADER, None) or uuid4().hex
        with structlog.contextvars.bound_contextvars(request_id=request_id, task=self.name):
            return super().__call__(*args, **kwargs)


class TracedCelery(Celery):
    """Celery that sends the caller's request id along with every task."""

    task_cls = "escola_im.tracing:TracedTask"

    def send_task(self, *args: Any, headers: dict[str, Any] | None = None, **options: Any) -> AsyncResult[Any]:
        """Queue a task by name; `delay` and `apply_async` end here too."""
        known = structlog.contextvars.get_contextvars().get(HEADER)
        if known:
            headers = {**(headers or {}), HEADER: known}
        return super().send_task(*args, headers=headers, **options)
