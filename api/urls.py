"""`/api/v1/`: every address. Whatever is not listed gets a problem document, not a page."""

from django.http import Http404
from django.urls import path, re_path
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from api import breach, law, privacy, raci, receipts
from api.attachments import Attachments
from api.base import ApiViewSet
from api.chains import ChainLint, Chains
from api.clocks import IncidentClocks
from api.contacts import Contacts
from api.directory import Modules, People, Schools, Teams
from api.escalations import Escalations
from api.figures import Figures
from api.health import Health
from api.heartbeats import Heartbeats
from api.incidents import IncidentEvents, Incidents
from api.ladders import Ladders
from api.majors import Majors
from api.me import Me
from api.on_call import OnCall
from api.overrides import Overrides
from api.personal import Persons, Retention
from api.preview import Preview
from api.process import Process
from api.room import Room
from api.schema import Docs, schema
from api.what_if import WhatIfs

app_name = "api"


@extend_schema(exclude=True)
class Nowhere(ApiViewSet):
    """Addresses that do not exist, for callers known or not."""

    permission_classes = []
    throttle_classes = []
    authentication_classes = []

    def anything(self, request: Request, rest: str) -> Response:
        """404, whatever the method."""
        raise Http404


router = SimpleRouter()
router.register("incidents", Incidents, "incident")
router.register("majors", Majors, "major")
router.register("escalations", Escalations, "escalation")
router.register("contacts", Contacts, "contact")
router.register("people", People, "person")
router.register("teams", Teams, "team")
router.register("schools", Schools, "school")
router.register("modules", Modules, "module")
router.register("process", Process, "process")

METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
OF_HEARTBEAT = r"^heartbeats/(?P<pk>\d{1,18})"
OF_INCIDENT = r"^incidents/(?P<number>[0-9A-Za-z-]{1,20})"

urlpatterns = [
    *router.urls,
    re_path(rf"{OF_INCIDENT}/events/$", IncidentEvents.as_view({"get": "list"}), name="incident-events"),
    re_path(rf"{OF_INCIDENT}/ladders/$", Ladders.as_view({"get": "retrieve"}), name="incident-ladders"),
    re_path(rf"{OF_INCIDENT}/raci/$", raci.Proof.as_view({"get": "retrieve"}), name="incident-raci"),
    re_path(rf"{OF_INCIDENT}/sla/$", IncidentClocks.as_view({"get": "retrieve"}), name="incident-sla"),
    re_path(rf"{OF_INCIDENT}/receipts/$", receipts.IncidentReceipts.as_view({"get": "list"}), name="incident-receipts"),
    re_path(r"^receipts/(?P<pk>\d{1,18})/retry/$", receipts.Receipts.as_view({"post": "retry"}), name="receipt-retry"),
    re_path(rf"{OF_INCIDENT}/room/$", Room.as_view({"get": "retrieve"}), name="incident-room"),
    re_path(rf"{OF_INCIDENT}/duties/$", Ladders.as_view({"post": "tick"}), name="incident-duties"),
    re_path(
        rf"{OF_INCIDENT}/attachments/$",
        Attachments.as_view({"get": "list", "post": "create"}),
        name="incident-attachments",
    ),
    re_path(
        rf"{OF_INCIDENT}/attachments/(?P<file_id>\d{{1,18}})/$",
        Attachments.as_view({"get": "retrieve"}),
        name="incident-attachment",
    ),
    path("privacy/law/", law.TheLaw.as_view({"get": "retrieve", "put": "update"}), name="law"),
    path("privacy/law/versions/", law.LawVersions.as_view({"get": "list"}), name="law-versions"),
    re_path(
        r"^privacy/law/versions/(?P<number>\d{1,9})/$",
        law.LawVersions.as_view({"get": "retrieve"}),
        name="law-version",
    ),
    path("privacy/cases/", privacy.Cases.as_view({"get": "list"}), name="cases"),
    re_path(rf"^privacy/cases/{privacy.NUMBER}/$", privacy.Cases.as_view({"get": "retrieve"}), name="case"),
    *(
        re_path(
            rf"^privacy/cases/{privacy.NUMBER}/{verb.replace('_', '-')}/$",
            privacy.Cases.as_view({"post": verb}),
            name=f"case-{verb.replace('_', '-')}",
        )
        for verb in privacy.VERBS
    ),
    *(
        re_path(
            rf"^privacy/cases/{privacy.NUMBER}/{name}/$",
            breach.CaseWork.as_view({"get": name}),
            name=f"case-{name}",
        )
        for name in breach.READS
    ),
    *(
        re_path(
            rf"^privacy/cases/{privacy.NUMBER}/{verb.replace('_', '-')}/$",
            breach.CaseWork.as_view({"post": verb}),
            name=f"case-{verb.replace('_', '-')}",
        )
        for verb in breach.VERBS
    ),
    path("privacy/persons/search/", Persons.as_view({"post": "search"}), name="persons-search"),
    path("privacy/persons/export/", Persons.as_view({"post": "export"}), name="persons-export"),
    path("privacy/persons/erase/", Persons.as_view({"post": "erase"}), name="persons-erase"),
    path("privacy/holds/", Persons.as_view({"get": "holds", "post": "hold"}), name="holds"),
    path("privacy/holds/release/", Persons.as_view({"post": "release"}), name="hold-release"),
    path("health/retention/", Retention.as_view({"get": "retrieve"}), name="retention"),
    *(
        path(f"sla/{name.replace('_', '-')}/", Figures.as_view({"get": name}), name=f"sla-{name.replace('_', '-')}")
        for name in ("dashboard", "at_risk", "records", "forecast")
    ),
    path("heartbeats/", Heartbeats.as_view({"get": "list", "post": "create"}), name="heartbeats"),
    re_path(
        rf"{OF_HEARTBEAT}/$",
        Heartbeats.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="heartbeat",
    ),
    re_path(rf"{OF_HEARTBEAT}/pings/$", Heartbeats.as_view({"get": "pings"}), name="heartbeat-pings"),
    *(
        re_path(rf"{OF_HEARTBEAT}/{verb}/$", Heartbeats.as_view({"post": verb}), name=f"heartbeat-{verb}")
        for verb in ("pause", "resume", "rotate")
    ),
    path("health/", Health.as_view({"get": "retrieve"}), name="health"),
    path("on-call/overrides/", Overrides.as_view({"get": "list", "post": "create"}), name="overrides"),
    re_path(
        r"^on-call/overrides/(?P<pk>\d{1,18})/take-back/$",
        Overrides.as_view({"post": "take_back"}),
        name="override-take-back",
    ),
    path("on-call/swap/", Overrides.as_view({"post": "swap"}), name="on-call-swap"),
    path("on-call/", OnCall.as_view({"get": "retrieve"}), name="on-call"),
    path("sla/preview/", Preview.as_view({"post": "create"}), name="sla-preview"),
    path("sla/what-if/", WhatIfs.as_view({"post": "create"}), name="what-ifs"),
    re_path(
        r"^sla/what-if/(?P<pk>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/$",
        WhatIfs.as_view({"get": "retrieve", "delete": "destroy"}),
        name="what-if",
    ),
    path("raci/", raci.Table.as_view({"get": "retrieve"}), name="raci"),
    re_path(
        r"^chains/(?P<chain>functional|management)/simulate/$",
        Chains.as_view({"post": "simulate"}),
        name="chain-simulate",
    ),
    path("chains/lint/", ChainLint.as_view({"get": "retrieve"}), name="chain-lint"),
    path("me/", Me.as_view({"get": "retrieve"}), name="me"),
    path("schema/", schema, name="schema"),
    path("docs/", Docs.as_view(), name="docs"),
    re_path(r"^(?P<rest>.*)$", Nowhere.as_view(dict.fromkeys(METHODS, "anything"))),
]
