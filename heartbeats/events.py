"""The kinds of events about heartbeats. When one goes down or recovers stands on its incident."""

from django.utils.translation import gettext_lazy as _

from core.audit import EventKind, declare

NAME = frozenset({"name"})

declare(
    EventKind("heartbeat.created", _("Heartbeat %(name)s eingerichtet"), NAME, "heart-pulse"),
    EventKind("heartbeat.changed", _("Heartbeat %(name)s geändert"), NAME | {"set"}, "pencil"),
    EventKind("heartbeat.paused", _("Heartbeat %(name)s pausiert"), NAME, "circle-pause"),
    EventKind("heartbeat.resumed", _("Heartbeat %(name)s fortgesetzt"), NAME, "circle-play"),
    EventKind("heartbeat.rotated", _("Adresse des Heartbeats %(name)s erneuert"), NAME, "key-round"),
    EventKind("heartbeat.deleted", _("Heartbeat %(name)s gelöscht"), NAME, "trash-2"),
)
