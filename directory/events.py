"""The kinds of events about master data and API keys, with the sentence people read."""

from django.utils.translation import gettext_lazy as _

from core.audit import EventKind, declare

declare(
    EventKind("person.created", _("Person erfasst"), icon="user-plus"),
    EventKind("person.edited", _("Angaben zur Person geändert: %(fields)s"), frozenset({"fields"}), "user-pen"),
    EventKind("person.roles_set", _("Rollen gesetzt: %(roles)s"), frozenset({"roles", "was"}), "users"),
    EventKind("person.absent", _("Abwesend bis %(until)s"), frozenset({"until"}), "plane"),
    EventKind("person.returned", _("Wieder anwesend"), icon="plane-landing"),
    EventKind("person.deactivated", _("Person deaktiviert"), icon="user-x"),
    EventKind("person.reactivated", _("Person wieder aktiviert"), icon="user-check"),
    EventKind(
        "person.second_factor_reset", _("Zweiter Faktor zurückgesetzt: %(reason)s"), frozenset({"reason"}), "shield-off"
    ),
    EventKind("team.saved", _("Team gespeichert: %(fields)s"), frozenset({"fields"}), "users"),
    EventKind("school.saved", _("Schule gespeichert: %(fields)s"), frozenset({"fields"}), "school"),
    EventKind(
        "api_key.created", _("API-Schlüssel %(prefix)s erstellt"), frozenset({"prefix", "scopes", "owner"}), "key-round"
    ),
    EventKind("api_key.revoked", _("API-Schlüssel %(prefix)s widerrufen"), frozenset({"prefix"}), "key-round"),
)
