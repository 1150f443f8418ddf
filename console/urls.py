"""Addresses of the console."""

from django.conf import settings
from django.urls import path

from console import bell, bulk, export, inbox, incident, incidents, ranking, search, shell, similar, start, verbs

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
    path("search/", search.everywhere, name="search"),
    path("search/suggest/", search.suggest, name="suggest"),
    path("bell/", bell.overview, name="bell"),
    path("bell/read/", bell.read, name="bell_read"),
    path("language/", shell.language, name="language"),
]
if settings.DEBUG:
    urlpatterns += [path("styleguide/", shell.styleguide, name="styleguide")]
