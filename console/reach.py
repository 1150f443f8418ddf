"""How a message gets to the reporter, in words: by mail it goes by itself, otherwise somebody has to tell them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from incidents.models import Contact, Incident
from lifecycle.correspondence import reach
from process.schema import Document


@dataclass(frozen=True, slots=True)
class Reach:
    """`by_itself` when a mail goes out; otherwise `todo` says what somebody has to do, `phone` whom to call."""

    by_itself: bool
    todo: str
    phone: str = ""

    @classmethod
    def of(cls, record: Incident | Contact, document: Document, language: str) -> Reach:
        """The way to the person who reported it (P-5.5)."""
        way = reach(record)
        who = record.reporter_name or _("die meldende Person")
        if way == "email":
            return cls(True, "")
        if not (record.reporter_name or record.reporter_email or record.reporter_phone):
            return cls(False, _("Es geht nichts hinaus: Kein Weg zur meldenden Person ist erfasst."))
        if not way:
            return cls(False, _("Es geht nichts von selbst hinaus: «Rückmeldung über» ist leer."))
        if way == "phone" and record.reporter_phone:
            todo = _("Es geht nichts von selbst hinaus. Bitte rufen Sie %(who)s an:") % {"who": who}
            return cls(False, todo, record.reporter_phone)
        if way == "phone":
            return cls(False, _("Es geht nichts von selbst hinaus. Bitte rufen Sie %(who)s an.") % {"who": who})
        channel = document.label("channels", way, language)
        todo = _("Es geht nichts von selbst hinaus. Bitte antworten Sie %(who)s über: %(channel)s.")
        return cls(False, todo % {"who": who, "channel": channel})

    @property
    def sentence(self) -> str:
        """What is to be done, with the number; empty when nothing is."""
        return f"{self.todo} {self.phone}".strip()
