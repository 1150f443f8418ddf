"""Forms of what is done in a case: decisions, duties, schools and their notices, law enforcement."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from console.privacy_forms import LONG, CaseForm
from console.settings.forms import MOMENT
from directory.selectors import schools
from lifecycle.breach_schools import Hit, read_csv
from lifecycle.errors import Invalid
from lifecycle.school_notices import Words, plain_words
from privacy.models import Duty
from privacy.selectors import Owed, assessment_of, newest_notices, owed_in, schools_of, severity_of

LATE = _("Falls zu spät: warum?")
LONGEST_LIST = 500_000
WHOM = {
    "without": _("Schulen ohne Mitteilung (%s)"),
    "drafts": _("Entwürfe neu schreiben (%s)"),
    "told": _("Folgemitteilung an informierte Schulen (%s)"),
}


def moment(label: Any, **kwargs: Any) -> forms.DateTimeField:
    """An instant that may be left open."""
    return forms.DateTimeField(label=label, required=False, widget=MOMENT, **kwargs)


def long(label: Any, *, required: bool = True, **kwargs: Any) -> forms.CharField:
    """A text over several lines."""
    return forms.CharField(label=label, required=required, widget=LONG, max_length=20_000, **kwargs)


class ConfirmForm(CaseForm):
    """That it is a breach, how grave, and why (P-7.2)."""

    severity = forms.FloatField(
        label=_("Schwere (0 bis 6)"),
        required=False,
        min_value=0,
        max_value=6,
        help_text=_("Leer: die empfohlene gilt. Ab 3 wird der Incident zum Major, ab 4 kommt die Geschäftsleitung."),
    )
    reason = long(_("Warum ist es ein Datenschutzvorfall, und warum so schwer?"))
    late_reason = long(LATE, required=False)

    def __init__(self, *args: Any, case: Any, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        found = severity_of(assessment_of(case))
        if found is not None:
            self.fields["severity"].widget.attrs["placeholder"] = f"{found.score:g}"


class ReasonForm(CaseForm):
    """Why."""

    reason = long(_("Warum?"))


class ReviewForm(CaseForm):
    """What came of looking back (P-10.1)."""

    text = long(_("Was hat die Nachbetrachtung ergeben?"))


class DutyForm(CaseForm):
    """Which duties: by `keys`, or all open ones of a `group`, so that 137 schools are one form."""

    keys = forms.MultipleChoiceField(required=False, widget=forms.MultipleHiddenInput)
    group = forms.CharField(required=False, widget=forms.HiddenInput)
    from_address = ("keys", "group")

    def __init__(self, *args: Any, case: Any, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        self.there = {owed.row.key: owed for owed in owed_in(case)}
        self.fields["keys"].choices = [(key, key) for key in self.there]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[Owed]:
        """The duties the form is about, to show them beside it."""
        source = self.data if self.is_bound else self.initial
        keys = source.getlist("keys") if hasattr(source, "getlist") else source.get("keys", [])
        return self._named(keys, source.get("group") or "")

    def _named(self, keys: list[str], group: str) -> list[Owed]:
        open_ones = [owed for owed in self.there.values() if owed.is_open and owed.clock.duty.key == group]
        return open_ones or [self.there[key] for key in keys if key in self.there]

    def facts(self) -> dict[str, Any]:
        """The verb's arguments."""
        given = dict(self.cleaned_data)
        given["keys"] = [owed.row.key for owed in self._named(given["keys"], given.pop("group"))]
        return given


class DecideDutyForm(DutyForm):
    """Due or not due, because."""

    verdict = forms.ChoiceField(label=_("Entscheid"), choices=Duty.Verdict.choices, widget=forms.RadioSelect)
    reason = long(
        _("Begründung"),
        required=False,
        help_text=_("Nötig, wo nicht fällig ist, wo es der Empfehlung widerspricht, und nach der Frist."),
    )


class DutyDoneForm(DutyForm):
    """When it was done, and under which number."""

    reported_at = moment(_("Wann?"), help_text=_("Leer: jetzt."))
    reference = forms.CharField(label=_("Nummer oder Report-ID"), required=False, max_length=200)
    late_reason = long(LATE, required=False)


class AffectForm(CaseForm):
    """Affected schools: ticked, or pasted line by line with their numbers."""

    schools = forms.MultipleChoiceField(label=_("Schulen"), required=False, widget=forms.CheckboxSelectMultiple)
    csv = forms.CharField(
        label=_("Oder als Liste"),
        required=False,
        max_length=LONGEST_LIST,
        widget=forms.Textarea({"rows": 8, "placeholder": "Schule Musterwil; 240; 1200"}),
        help_text=_("Je Zeile: Schule; Personen; Datensätze. Eine leere Zahl heisst noch unbekannt."),
    )
    file = forms.FileField(label=_("Oder aus einer CSV-Datei"), required=False)

    def __init__(self, *args: Any, case: Any, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        there = {row.school_id for row in schools_of(case)}
        self.offered = {str(school.pk): school for school in schools() if school.pk not in there}
        self.fields["schools"].choices = [  # type: ignore[attr-defined]
            (pk, f"{school.name} · {school.canton} {school.city}".strip()) for pk, school in self.offered.items()
        ]

    def clean(self) -> dict[str, Any]:
        """Lists are checked line by line; nothing typed is lost."""
        cleaned: dict[str, Any] = super().clean() or {}
        text = cleaned.get("csv") or ""
        if file := cleaned.get("file"):
            text = self._text_of(file)
        hits = [Hit(self.offered[pk]) for pk in cleaned.get("schools", [])]
        if text.strip():
            try:
                hits += read_csv(text)
            except Invalid as problem:
                self.refuse(problem.errors)
        cleaned["hits"] = hits
        return cleaned

    def _text_of(self, file: UploadedFile[Any]) -> str:
        """A list as Excel saves it: UTF-8, UTF-16 or Windows-1252. One that is too long is not taken in part."""
        if (file.size or 0) > LONGEST_LIST:
            self.add_error("file", _("Höchstens 500 kB."))
            return ""
        raw: bytes = file.read()
        for encoding in ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
            with suppress(UnicodeDecodeError):
                return raw.decode(encoding)
        self.add_error("file", _("Diese Datei ist kein Text. Bitte als CSV speichern."))
        return ""

    def facts(self) -> dict[str, Any]:
        """The verb's arguments."""
        return {"hits": self.cleaned_data["hits"], "version": self.cleaned_data["version"]}


class SchoolForm(CaseForm):
    """Which affected school."""

    school = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1)
    from_address = ("school",)


class NumbersForm(SchoolForm):
    """A school's own numbers and the language it reads in."""

    persons = forms.IntegerField(label=_("Personen"), required=False, min_value=0, max_value=10**9)
    records = forms.IntegerField(label=_("Datensätze"), required=False, min_value=0, max_value=10**9)
    language = forms.ChoiceField(
        label=_("Sprache der Mitteilung"),
        choices=[("de", "Deutsch"), ("fr", "Français"), ("it", "Italiano"), ("en", "English")],
    )

    def facts(self) -> dict[str, Any]:
        """The verb's arguments: the school with its numbers."""
        given = self.cleaned_data
        row = next((row for row in schools_of(self.case) if row.pk == given["school"]), None)
        hits = [Hit(row.school, given["persons"], given["records"], given["language"])] if row else []
        return {"hits": hits, "version": given["version"]}


class DraftNoticesForm(CaseForm):
    """For whom notices are written, and what the officer adds in own words.

    A draft is written anew, say because the assessment grew; who was told gets a follow-up.
    """

    whom = forms.ChoiceField(label=_("Für wen?"), widget=forms.RadioSelect)
    school = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**63 - 1)
    extra = long(
        _("Eigene Worte an die Schulen"),
        required=False,
        help_text=_("Steht so in jeder Mitteilung. Was geschehen ist, füllt die Erstbeurteilung."),
    )
    next_update_at = moment(_("Nächste Information am"))
    from_address = ("school",)

    def __init__(self, *args: Any, case: Any, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        rows = schools_of(case)
        newest = newest_notices(rows)
        self.groups = {
            "without": [row.pk for row in rows if row.pk not in newest],
            "drafts": [row for row, notice in newest.items() if notice.sent_at is None],
            "told": [row for row, notice in newest.items() if notice.sent_at is not None],
        }
        there = [(key, WHOM[key] % len(found)) for key, found in self.groups.items() if found]
        self.fields["whom"].choices = there  # type: ignore[attr-defined]
        self.fields["whom"].initial = there[0][0] if there else None
        self.fields["whom"].required = bool(there)
        if (self.data if self.is_bound else self.initial).get("school"):
            self.fields["whom"].widget = forms.HiddenInput()
            self.fields["whom"].required = False

    def facts(self) -> dict[str, Any]:
        """The verb's arguments."""
        given = self.cleaned_data
        chosen = [given["school"]] if given["school"] else self.groups.get(given["whom"], [])
        words = Words(plain_words(given["extra"]), given["next_update_at"])
        return {"schools": chosen, "words": words, "version": given["version"]}


class NotifyForm(CaseForm):
    """Sending what was reviewed."""

    late_reason = long(LATE, required=False)


class PoliceForm(CaseForm):
    """That law enforcement was informed (P-7.4, F6)."""

    offence = long(_("Vermuteter Straftatbestand"))
    station = forms.CharField(label=_("Dienststelle"), max_length=500)
    case_number = forms.CharField(label=_("Aktenzeichen"), required=False, max_length=100)
    informed_at = moment(_("Informiert am"), help_text=_("Leer: jetzt."))
    informed_by = forms.CharField(label=_("Durch wen?"), required=False, max_length=200)
    traces_secured = forms.BooleanField(
        label=_("Bestätigt: Spuren sind gesichert, bevor etwas wiederhergestellt wird"), required=False
    )
    secured_by = forms.CharField(label=_("Gesichert durch"), required=False, max_length=200)
    has_school_content = forms.BooleanField(
        label=_("Enthält Inhalte von Schulen (Amtsgeheimnis, Art. 320 StGB)"), required=False
    )
    late_reason = long(LATE, required=False)


class EvidenceForm(CaseForm):
    """A piece of evidence."""

    what = forms.CharField(label=_("Was ist es?"), max_length=2000)
    place = forms.CharField(label=_("Wo liegt es?"), max_length=500)
    of_school = forms.BooleanField(label=_("Enthält Daten von Schulen"), required=False, initial=True)
    file = forms.FileField(label=_("Datei"), required=False, help_text=_("Wird verschlüsselt aufbewahrt."))
    sha256 = forms.CharField(
        label=_("SHA-256"), required=False, max_length=64, help_text=_("Für eine Datei wird sie berechnet.")
    )


class HandEvidenceForm(CaseForm):
    """To whom it goes."""

    evidence = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1)
    to = forms.CharField(label=_("An wen?"), max_length=200)
    note = forms.CharField(label=_("Wozu?"), required=False, max_length=500)
    from_address = ("evidence",)


class ConsentForm(CaseForm):
    """The consent that official secrecy asks for."""

    document = forms.CharField(label=_("Dokument"), max_length=500)
    scope = long(_("Was darf hinaus, und an wen?"))
    signer = forms.CharField(label=_("Unterschrieben von"), max_length=200)
    signed_at = moment(_("Am"), help_text=_("Leer: jetzt."))
