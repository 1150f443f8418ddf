"""A released stakeholder message on the public status page: a new notice, a further word on it, or the last one."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from incidents.models import OPEN_VALUES, StakeholderMessage
from lifecycle.access import By
from lifecycle.errors import Invalid
from lifecycle.public_status import end_notice, may_publish, publish_notice, update_notice
from statuspage.models import Component, Notice, Page
from statuspage.selectors import open_notice_for


def tell_public(message: StakeholderMessage, *, by: By, now: datetime) -> None:
    """Tells the public what was released. Of the two people who read it, one at least may speak for the house (§14).

    The first word names the components of the incident's module; once the incident is resolved a word is the last one.
    Raises Forbidden, Invalid.
    """
    incident = message.incident
    speaker = by
    if not may_publish(by.person, kind=Notice.Kind.DISTURBANCE, incident_id=incident.pk):
        speaker = By.of(message.author, via=by.actor.via)
    text = (message.body_de, message.body_en)
    notice = open_notice_for(incident)
    is_over = incident.status not in OPEN_VALUES
    if notice is not None:
        (end_notice if is_over else update_notice)(notice.pk, text=text, by=speaker, now=now)
        return
    page = Page.objects.order_by("pk").first()
    if page is None:
        raise Invalid.field("audiences", _("Es gibt noch keine öffentliche Statusseite."))
    if is_over:
        raise Invalid.field("audiences", _("Auf der Statusseite steht dazu keine offene Störung."))
    hit = page.components.filter(module=incident.module_id, is_active=True) if incident.module_id else ()
    publish_notice(
        page=page.slug,
        title=(message.subject_de, message.subject_en),
        text=text,
        affected={component.pk: Component.State.PARTIAL.value for component in hit},
        incident=incident,
        by=speaker,
        now=now,
    )
