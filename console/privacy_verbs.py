"""What can be done to a case from its pages: one table from address to verb, form and the page it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from console import breach_forms as forms
from console import privacy_forms
from lifecycle import (
    assessing,
    breach_duties,
    breach_schools,
    case_end,
    data_protection,
    law_change,
    law_enforcement,
    school_notices,
)
from privacy.models import Case


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that can be done to a case, by whom, the form it needs, and the page it leads back to."""

    slug: str
    call: Callable[..., Case]
    label: Any
    done: Any
    form: type[privacy_forms.CaseForm] = privacy_forms.CaseForm
    is_officers: bool = True
    back: str = "console:privacy_case"


DUTIES, SCHOOLS, POLICE = "console:privacy_duties", "console:privacy_schools", "console:privacy_police"
_CASE = (
    Verb("acknowledge", data_protection.acknowledge, _("Übernehmen"), _("übernommen"), is_officers=False),
    Verb("note", data_protection.note, _("Notiz schreiben"), _("Notiz gespeichert"), privacy_forms.NoteForm, False),
    Verb(
        "dismiss",
        data_protection.dismiss,
        _("Kein Datenschutzvorfall"),
        _("kein Datenschutzvorfall"),
        privacy_forms.DismissForm,
    ),
    Verb("let-read", data_protection.let_read, _("Mitlesen lassen"), _("liest mit"), privacy_forms.LetReadForm),
    Verb(
        "stop-reading",
        data_protection.stop_reading,
        _("Nicht mehr mitlesen lassen"),
        _("liest nicht mehr mit"),
        privacy_forms.StopReadingForm,
    ),
    Verb("confirm", assessing.confirm, _("Bestätigen"), _("bestätigt"), forms.ConfirmForm),
    Verb("monitor", case_end.monitor, _("Nur noch beobachten"), _("wird beobachtet")),
    Verb("review", case_end.review, _("Nachbetrachtung festhalten"), _("festgehalten"), forms.ReviewForm),
    Verb("close", case_end.close, _("Abschliessen"), _("abgeschlossen")),
    Verb(
        "adopt-law", law_change.adopt_law, _("Geltendes Recht übernehmen"), _("unter geltendem Recht"), forms.ReasonForm
    ),
    Verb("hold", case_end.hold, _("Aufbewahrung anordnen"), _("wird aufbewahrt"), forms.ReasonForm),
    Verb("release", case_end.release, _("Aufbewahrung aufheben"), _("Aufbewahrung aufgehoben"), forms.ReasonForm),
)
_DUTIES = (
    Verb(
        "decide-duty",
        breach_duties.decide_duty,
        _("Über Pflichten entscheiden"),
        _("entschieden"),
        forms.DecideDutyForm,
        back=DUTIES,
    ),
    Verb(
        "report-authority",
        breach_duties.report_authority,
        _("Als erledigt eintragen"),
        _("eingetragen"),
        forms.DutyDoneForm,
        back=DUTIES,
    ),
)
_SCHOOLS = (
    Verb("affect", breach_schools.affect, _("Schulen wählen"), _("Schulen gewählt"), forms.AffectForm, back=SCHOOLS),
    Verb("numbers", breach_schools.affect, _("Zahlen berichtigen"), _("berichtigt"), forms.NumbersForm, back=SCHOOLS),
    Verb("spare", breach_schools.spare, _("Nicht betroffen"), _("nicht betroffen"), forms.SchoolForm, back=SCHOOLS),
    Verb(
        "draft-notices",
        school_notices.draft_notices,
        _("Mitteilungen entwerfen"),
        _("Mitteilungen entworfen"),
        forms.DraftNoticesForm,
        back=SCHOOLS,
    ),
    Verb("review-notices", school_notices.review_notices, _("Als geprüft freigeben"), _("freigegeben"), back=SCHOOLS),
    Verb(
        "notify-schools",
        school_notices.notify_schools,
        _("Schulen informieren"),
        _("Mitteilungen gehen hinaus"),
        forms.NotifyForm,
        back=SCHOOLS,
    ),
    Verb(
        "new-link",
        school_notices.send_link_again,
        _("Neuen Link senden"),
        _("neuer Link geht hinaus"),
        forms.SchoolForm,
        back=SCHOOLS,
    ),
    Verb("new-code", school_notices.renew_code, _("Neuer Code"), _("neuer Code"), forms.SchoolForm, back=SCHOOLS),
)
_POLICE = (
    Verb(
        "report-police",
        law_enforcement.report_police,
        _("Strafverfolgung informiert"),
        _("eingetragen"),
        forms.PoliceForm,
        back=POLICE,
    ),
    Verb("evidence", law_enforcement.add_evidence, _("Beweismittel"), _("erfasst"), forms.EvidenceForm, back=POLICE),
    Verb(
        "hand-evidence",
        law_enforcement.hand_evidence,
        _("Beweismittel übergeben"),
        _("übergeben"),
        forms.HandEvidenceForm,
        back=POLICE,
    ),
    Verb("consent", law_enforcement.give_consent, _("Zustimmung"), _("festgehalten"), forms.ConsentForm, back=POLICE),
)
VERBS = {verb.slug: verb for verb in (*_CASE, *_DUTIES, *_SCHOOLS, *_POLICE)}
