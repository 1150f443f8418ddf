"""The event of this app, with the sentence people read."""

from django.utils.translation import gettext_lazy as _

from core.audit import EventKind, declare

declare(
    EventKind(
        "process.loaded",
        _("Prozessversion %(number)s geladen"),
        frozenset({"number", "digest", "note"}),
        "book-open-check",
    ),
)
