"""A request's id travels with the task it rang for, so one search in the log shows page, task and message together."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import structlog
from celery import Task
from celery.result import AsyncResult

HEADER = "request_id"


class TracedTask(Task[Any, Any]):
    """Every task of this product: sends the caller's request id along, and logs under it."""

    def apply_async(self, *args: Any, headers: dict[str, Any] | None = None, **options: Any) -> AsyncResult[Any]:
        """Queue the task with the request id of whoever asked for it."""
        known = structlog.contextvars.get_contextvars().get("request_id")
        headers = {**(headers or {}), **({HEADER: known} if known else {})}
        return super().apply_async(*args, headers=headers, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task with its name and request id in every log line."""
        request_id = getattr(self.request, HEADER, None) or uuid4().hex
        with structlog.contextvars.bound_contextvars(request_id=request_id, task=self.name):
            return super().__call__(*args, **kwargs)
