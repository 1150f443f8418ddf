"""Addresses of the console."""

from django.conf import settings
from django.urls import path

from console import (
    answer,
    bell,
    bulk,
    duties,
    export,
    health,
    inbox,
    incident,
    incidents,
    ranking,
    search,
    shell,
    similar,
    start,
    verbs,
)
from console.settings import groups, keys, people, sources

app_name = "console"
urlpatterns = [
    path("", start.overview, name="start"),
    path("inbox/", inbox.overview, name="inbox"),
    path("inbox/new/", inbox.new, name="inbox_new"),
    path("inbox/similar/", similar.suggest, name="inbox_similar"),
    path("inbox/<str:number>/", inbox.contact, name="contact"),
    path("inbox/<str:number>/answer/", inbox.answer, name="contact_answer"),
    path("incidents/", incidents.overview, name="incidents"),
    path("incidents/export/", export.incidents, name="incidents_export"),
    path("incidents/view/", incidents.save, name="incidents_view"),
    path("incidents/bulk/", bulk.preview, name="bulk_preview"),
    path("incidents/bulk/do/", bulk.carry_out, name="bulk_do"),
    path("incidents/bulk/undo/", bulk.undo, name="bulk_undo"),
    path("incidents/priority/", ranking.preview, name="priority_preview"),
    path("incidents/<str:number>/", incident.detail, name="incident"),
    path("incidents/<str:number>/files/<int:attachment_id>/", incident.download, name="incident_file"),
    path("incidents/<str:number>/<slug:slug>/", verbs.act, name="incident_verb"),
    path("incidents/<str:number>/duties/", duties.tick, name="incident_duties"),
    path("search/", search.everywhere, name="search"),
    path("search/suggest/", search.suggest, name="suggest"),
    path("bell/", bell.overview, name="bell"),
    path("bell/read/", bell.read, name="bell_read"),
    path("health/", health.overview, name="health"),
    path("health/replay/", health.replay, name="health_replay"),
    path("settings/", people.overview, name="settings"),
    path("settings/people/", people.overview, name="settings_people"),
    path("settings/people/new/", people.edit, name="settings_person_new"),
    path("settings/people/<int:pk>/", people.edit, name="settings_person"),
    path("settings/people/<int:pk>/second-factor/", people.reset_second_factor, name="settings_second_factor"),
    path("settings/teams/", groups.all_teams, name="settings_teams"),
    path("settings/teams/new/", groups.edit_team, name="settings_team_new"),
    path("settings/teams/<int:pk>/", groups.edit_team, name="settings_team"),
    path("settings/schools/", groups.all_schools, name="settings_schools"),
    path("settings/schools/new/", groups.edit_school, name="settings_school_new"),
    path("settings/schools/<int:pk>/", groups.edit_school, name="settings_school"),
    path("settings/sources/", sources.overview, name="settings_sources"),
    path("settings/sources/new/", sources.new, name="settings_source_new"),
    path("settings/sources/<int:pk>/", sources.detail, name="settings_source"),
    path("settings/sources/<int:pk>/mode/", sources.mode, name="settings_source_mode"),
    path("settings/keys/", keys.overview, name="settings_keys"),
    path("settings/keys/new/", keys.new, name="settings_key_new"),
    path("settings/keys/<int:pk>/revoke/", keys.revoke, name="settings_key_revoke"),
    path("settings/process/", keys.process, name="settings_process"),
    path("answer/<str:token>/", answer.answer, name="answer"),
    path("language/", shell.language, name="language"),
]
if settings.DEBUG:
    urlpatterns += [path("styleguide/", shell.styleguide, name="styleguide")]
