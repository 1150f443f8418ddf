"""Forms of the law: one per kind of entry, with what people really change; the rest is the whole text's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.law_entry_form import YEAR_H, EntryForm, Hours, LawForm, long_text
from console.law_words import WEIGHINGS, say
from core.text import clean
from privacy.schema import Law
from process.loader import MAX_BYTES, BadDocument, Problem, decode
from process.schema.policy import CANTONS

NOTHING = [("", "–")]
REPORT_TEXTS = [f"report__{name}__{language}" for name in ("law", "threshold", "deadline") for language in ("de", "en")]


class ReportForm(EntryForm):
    """An entry with a rule for reports: threshold, deadline and what we recommend."""

    report__law__de = long_text(gettext_lazy("Recht der Meldung deutsch"), required=False)
    report__law__en = long_text(gettext_lazy("Recht der Meldung englisch"), required=False)
    report__threshold__de = long_text(gettext_lazy("Schwelle deutsch"), required=False)
    report__threshold__en = long_text(gettext_lazy("Schwelle englisch"), required=False)
    report__deadline__de = long_text(gettext_lazy("Frist im Wortlaut deutsch"), required=False)
    report__deadline__en = long_text(gettext_lazy("Frist im Wortlaut englisch"), required=False)
    report__limit_hours = forms.IntegerField(
        label=gettext_lazy("Frist des Gesetzes in Stunden"),
        min_value=1,
        max_value=YEAR_H,
        required=False,
        help_text=gettext_lazy("Leer, wo das Gesetz keine Zahl nennt."),
    )
    report__recommend__by = forms.ChoiceField(
        label=gettext_lazy("Empfehlung"), choices=[*NOTHING, *WEIGHINGS.items()], required=False
    )
    report__recommend__due_from = forms.FloatField(
        label=gettext_lazy("Melden ab Schwere"), min_value=0, max_value=6, required=False
    )
    report__recommend__decide_from = forms.FloatField(
        label=gettext_lazy("Entscheiden lassen ab Schwere"), min_value=0, max_value=6, required=False
    )

    def clean(self) -> dict[str, Any]:
        """A rule is there as a whole or not at all, and severity has its two scores."""
        data = super().clean()
        whole = [*REPORT_TEXTS, "report__recommend__by"]
        scores = ["report__recommend__decide_from", "report__recommend__due_from"]
        self.need_all(
            [*whole, "report__limit_hours"], whole, _("Gehört zu einer Meldepflicht; sonst alles leer lassen.")
        )
        decide, due = (data.get(name) for name in scores)
        if data.get("report__recommend__by") == "severity":
            if decide is None or due is None or decide > due:
                self.add_error(scores[0], _("Nach der Schwere braucht beide Werte; entschieden wird vor dem Melden."))
        else:
            data |= dict.fromkeys(scores)
        return data


class RegimeForm(ReportForm):
    """A body of law a kind of school stands under."""

    room = "regimes"
    law__de = long_text(gettext_lazy("Recht deutsch"))
    law__en = long_text(gettext_lazy("Recht englisch"))
    field_order = ("label__de", "label__en", "law__de", "law__en")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.entry is not None and getattr(self.entry, "combines", []):
            for name in [name for name in self.fields if name.startswith("report__")]:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """One that combines others has no rule of its own."""
        return super().clean() if "report__limit_hours" in self.fields else EntryForm.clean(self)


class AuthorityForm(ReportForm):
    """Who receives reports."""

    room = "authorities"
    PAIRS = ("open_question", "channel")
    regimes = forms.MultipleChoiceField(
        label=gettext_lazy("Zuständig nach"), widget=forms.CheckboxSelectMultiple, initial=["cantonal_public"]
    )
    canton = forms.ChoiceField(
        label=gettext_lazy("Kanton"), choices=[*NOTHING, *((name, name) for name in CANTONS.split())], required=False
    )
    city = forms.CharField(
        label=gettext_lazy("Stadt oder Gemeinde"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Nur für eine Stelle der Gemeinde; sie geht jener des Kantons vor."),
    )
    channel__de = long_text(gettext_lazy("Weg der Meldung deutsch"), required=False)
    channel__en = long_text(gettext_lazy("Weg der Meldung englisch"), required=False)
    url = forms.CharField(
        label=gettext_lazy("Adresse im Netz"),
        max_length=500,
        required=False,
        validators=[RegexValidator(r"^https://\S+$", gettext_lazy("Eine Adresse, die mit https:// beginnt."))],
    )
    is_placeholder = forms.BooleanField(label=gettext_lazy("Noch nicht ermittelt, wer das ist"), required=False)
    field_order = (
        "label__de",
        "label__en",
        "is_placeholder",
        "regimes",
        "canton",
        "city",
        "channel__de",
        "channel__en",
        "url",
    )

    def __init__(self, *args: Any, law: Law, **kwargs: Any) -> None:
        super().__init__(*args, law=law, **kwargs)
        self.fields["regimes"].choices = [(regime.key, say(regime.label)) for regime in law.regimes if regime.report]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A city lies in a canton."""
        data = super().clean()
        if data.get("city") and not data.get("canton"):
            self.add_error("canton", _("In welchem Kanton liegt sie?"))
        return data


class DutyForm(EntryForm):
    """Something that is owed."""

    room = "duties"
    PAIRS = ("open_question", "recipient")
    law__de = long_text(gettext_lazy("Recht deutsch"))
    law__en = long_text(gettext_lazy("Recht englisch"))
    deadline__de = long_text(gettext_lazy("Frist im Wortlaut deutsch"))
    deadline__en = long_text(gettext_lazy("Frist im Wortlaut englisch"))
    limit_min = Hours(
        label=gettext_lazy("Frist des Gesetzes in Stunden"),
        help_text=gettext_lazy("Leer, wo das Gesetz keine Zahl nennt."),
    )
    target_min = Hours(label=gettext_lazy("Eigenes Ziel in Stunden"))
    alarm_min = Hours(label=gettext_lazy("Alarm spätestens nach Stunden"))
    recipient__de = long_text(gettext_lazy("Empfängt deutsch"), required=False)
    recipient__en = long_text(gettext_lazy("Empfängt englisch"), required=False)


class ContentForm(EntryForm):
    """What a report must say."""

    room = "contents"
    law__de = long_text(gettext_lazy("Recht deutsch"))
    law__en = long_text(gettext_lazy("Recht englisch"))


class SourceForm(LawForm):
    """Where something was read."""

    tag = forms.CharField(
        label=gettext_lazy("Kürzel"),
        max_length=3,
        validators=[
            RegexValidator(r"^([A-Z]{1,2}|[A-Z][0-9]{1,2})$", gettext_lazy("Wie L28: ein Buchstabe, eine Zahl."))
        ],
    )
    text__de = long_text(gettext_lazy("Was es ist, deutsch"))
    text__en = long_text(gettext_lazy("Was es ist, englisch"))
    field_order = ("tag", "text__de", "text__en", "note")

    def source(self) -> tuple[str, dict[str, str]]:
        """The tag and what it stands for."""
        return self.cleaned_data["tag"], {language: self.cleaned_data[f"text__{language}"] for language in ("de", "en")}


class WholeForm(LawForm):
    """The whole law as text, typed or as a file."""

    text = forms.CharField(
        label=gettext_lazy("Der ganze Text (YAML)"),
        widget=forms.Textarea({"rows": 24, "spellcheck": "false", "class": "mono"}),
        required=False,
        strip=False,
    )
    file = forms.FileField(
        label=gettext_lazy("Oder als Datei"),
        required=False,
        help_text=gettext_lazy("Eine Datei geht dem Text im Feld vor."),
    )
    field_order = ("text", "file", "note")
    problems: tuple[Problem, ...] = ()

    def given(self) -> str:
        """The text of the file, else the typed one; a file's text stands in the field from then on."""
        file = self.cleaned_data["file"]
        if file is None:
            return str(self.cleaned_data["text"])
        text = decode(file.read(MAX_BYTES + 1))
        self.data = {**self.data.dict(), "text": clean(text)}  # type: ignore[attr-defined]
        return text

    def refuse_document(self, problem: BadDocument) -> None:
        """Every problem with its line, above the text."""
        self.problems = tuple(problem.problems)
        self.add_error(None, _("So kann der Text nicht in Kraft treten. Geändert ist nichts."))


FORMS: dict[str, type[EntryForm]] = {form.room: form for form in (RegimeForm, AuthorityForm, DutyForm, ContentForm)}
