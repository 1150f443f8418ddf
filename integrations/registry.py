"""The kinds of sources, by hand: adding one is a file and a line."""

from __future__ import annotations

from integrations.contract import Source
from integrations.sources import admin_console, sentry, uptime_robot

SOURCES: dict[str, Source] = {
    source.kind: source
    for source in (
        admin_console.SOURCE,
        sentry.SOURCE,
        uptime_robot.SOURCE,
    )
}
