"""The forms behind the verbs: what a person typed becomes the facts a verb takes; the verb has the last word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from console.reach import Reach
from directory.models import Module, Person, School, Team
from directory.selectors import people_with_any_role
from incidents.models import Incident, Link
from lifecycle.access import DESK
from lifecycle.errors import Invalid
from process.schema import Document, PendingReason

Choices = list[tuple[str, str]]
EMPTY: Choices = [("", "–")]


class VerbForm(forms.Form):
    """A form about one incident. `version` is what the person saw; verbs that overwrite facts compare it."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    compares = False
    from_address: tuple[str, ...] = ()
    """Fields a link to the form may fill in."""
    required_css_class = "required"

    def __init__(self, *args: Any, incident: Incident, document: Document, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.incident, self.document, self.person = incident, document, person
        self.language = get_language() or "de"
        self.fields["version"].initial = incident.version
        self.prepare()

    def prepare(self) -> None:
        """Fills choices from the process and the record."""

    def facts(self) -> dict[str, Any]:
        """Keyword arguments of the verb."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    @property
    def seen_version(self) -> dict[str, int]:
        """The `version` argument, for verbs that compare."""
        version = self.cleaned_data.get("version")
        return {"version": version} if self.compares and version else {}

    def take(self, problem: Invalid) -> None:
        """Puts what the verb found beside the fields; what belongs to none goes on top."""
        for name, texts in problem.errors.items():
            known = next((key for key in (name, f"{name}_id", name.removesuffix("_id")) if key in self.fields), None)
            for text in texts:
                self.add_error(known, text)

    def labels(self, entries: Iterable[Any], *, empty: bool = True) -> Choices:
        """Choices from entries of the process with `key` and `label`."""
        return [*(EMPTY if empty else []), *((str(entry.key), entry.label.in_(self.language)) for entry in entries)]


def choice(label: Any, *, required: bool = True, **kwargs: Any) -> forms.ChoiceField:
    """A choice whose options the form fills in."""
    return forms.ChoiceField(label=label, required=required, choices=EMPTY, **kwargs)


def text(label: Any, *, required: bool = True, rows: int = 4, **kwargs: Any) -> forms.CharField:
    """A text over several lines."""
    return forms.CharField(label=label, required=required, widget=forms.Textarea({"rows": rows}), **kwargs)


def row(*, required: bool = True) -> forms.IntegerField:
    """A row that a button or a link names by its key."""
    return forms.IntegerField(required=required, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)


class Nothing(VerbForm):
    """A verb that needs no facts."""


class Assign(VerbForm):
    """To a person, a team, or back to the queue."""

    compares = True
    person_id = choice(_("Person"), required=False)
    team_id = choice(_("Team"), required=False)

    def prepare(self) -> None:
        """People who work at incidents, oneself first."""
        people = sorted(people_with_any_role(DESK), key=lambda person: person.pk != self.person.pk)
        self.fields["person_id"].choices = [("", _("Niemand, zurück in die Warteschlange"))] + [  # type: ignore[attr-defined]
            (str(person.pk), person.display_name) for person in people
        ]
        teams = [(str(team.pk), str(team)) for team in Team.objects.all()]
        self.fields["team_id"].choices = [("", _("Team bleibt")), *teams]  # type: ignore[attr-defined]
        self.initial["person_id"] = str(self.incident.assignee_id or self.person.pk)

    def facts(self) -> dict[str, Any]:
        """Ids, or None."""
        return {
            name: int(self.cleaned_data[name]) if self.cleaned_data[name] else None for name in ("person_id", "team_id")
        }


class Hold(VerbForm):
    """Why it waits, until when, and what the reporter is told."""

    reason = choice(_("Worauf wird gewartet?"))
    until = forms.DateTimeField(
        label=_("Bis"), required=False, widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    message = text(_("Nachricht an die meldende Person"), required=False)

    def prepare(self) -> None:
        """Each reason says whether the clock stands meanwhile (R5) and what it asks for."""
        self.fields["message"].help_text = Reach.of(self.incident, self.document, self.language).sentence
        self.fields["reason"].choices = EMPTY + [  # type: ignore[attr-defined]
            (rule.key, f"{rule.label.in_(self.language)} ({self._terms(rule)})")
            for rule in self.document.pending_reasons
        ]

    def _terms(self, rule: PendingReason) -> str:
        if not rule.allowed_for_critical and (self.incident.is_major or self.incident.priority == "critical"):
            return str(_("nicht bei kritischen Incidents"))
        terms = [_("Lösungsuhr steht") if rule.pauses_sla else _("Lösungsuhr läuft weiter")]
        if rule.needs_until:
            terms.append(_("mit Frist"))
        if rule.needs_message:
            terms.append(_("mit Nachricht"))
        return ", ".join(str(term) for term in terms)


class Write(VerbForm):
    """A text."""

    text = text(_("Text"), rows=5)


class Message(Write):
    """A text for the reporter."""

    def prepare(self) -> None:
        """Says whether it goes out by itself."""
        self.fields["text"].help_text = Reach.of(self.incident, self.document, self.language).sentence


class Edit(VerbForm):
    """The record of §3, as far as people write it."""

    compares = True
    title = forms.CharField(label=_("Titel"), max_length=160)
    symptom = text(_("Symptome"), rows=6)
    category = choice(_("Kategorie"))
    module = choice(_("Betroffenes Modul"), required=False)
    school = choice(_("Schule"), required=False)
    reporter_name = forms.CharField(label=_("Name der meldenden Person"), max_length=160, required=False)
    reporter_email = forms.EmailField(label=_("E-Mail"), required=False)
    reporter_phone = forms.CharField(label=_("Telefon"), max_length=40, required=False)
    feedback_channel = choice(_("Rückmeldung über"), required=False)

    def prepare(self) -> None:
        """Choices, and the record as it stands."""
        modules = [(str(row.pk), str(row)) for row in Module.objects.filter(is_active=True)]
        schools = [(str(row.pk), row.name) for row in School.objects.filter(is_active=True)]
        options: dict[str, Choices] = {
            "category": self.labels(self.document.categories, empty=False),
            "feedback_channel": self.labels([c for c in self.document.channels if not c.automatic]),
            "module": EMPTY + modules,
            "school": EMPTY + schools,
        }
        for name, choices in options.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        for name in self.fields:
            column = f"{name}_id" if name in ("module", "school") else name
            stored = getattr(self.incident, column)
            self.initial.setdefault(name, stored.strip() if isinstance(stored, str) else stored)  # as fields read it

    def facts(self) -> dict[str, Any]:
        """Only what differs from what the person saw, so that others' changes to other fields stay."""
        numbers = {
            name: int(self.cleaned_data[name]) if self.cleaned_data[name] else None for name in ("module", "school")
        }
        values = {**self.cleaned_data, **numbers}
        return {"fields": {name: values[name] for name in self.changed_data if name != "version"}}


class Connect(VerbForm):
    """Another incident, and how the two belong together."""

    from_address = ("kind", "target")
    kind = forms.ChoiceField(label=_("Art"), choices=Link.Kind.choices, initial=Link.Kind.RELATED)
    target = forms.CharField(label=_("Nummer des anderen Incidents"), max_length=20)


class Sever(VerbForm):
    """One of the links that begin here."""

    from_address = ("link",)
    link = forms.ChoiceField(label=_("Welche Verknüpfung soll weg?"), widget=forms.RadioSelect)

    def prepare(self) -> None:
        """The links in words. What a merge made goes with the merge."""
        links = self.incident.links_out.select_related("target").order_by("id")
        if self.incident.closure_code == "duplicate":
            links = links.exclude(kind=Link.Kind.DUPLICATE)
        self.fields["link"].choices = [  # type: ignore[attr-defined]
            (
                f"{link.kind}/{link.target.number}",
                f"{link.get_kind_display()} {link.target.number}, {link.target.title}",
            )
            for link in links
        ]

    def facts(self) -> dict[str, Any]:
        """Kind and target."""
        kind, _slash, target = self.cleaned_data["link"].partition("/")
        return {"kind": kind, "target": target}


class Merge(VerbForm):
    """The incident this one repeats."""

    into = forms.CharField(label=_("Zusammenführen in (Nummer)"), max_length=20)


class Attach(VerbForm):
    """A file."""

    file = forms.FileField(label=_("Datei"))

    def facts(self) -> dict[str, Any]:
        """The upload and its name as the person's computer calls it."""
        upload = self.cleaned_data["file"]
        return {"upload": upload, "name": upload.name or ""}


class SuspectBreach(VerbForm):
    """Why it may be a data-protection incident (P-7.1), and what everybody else may read instead."""

    grounds = text(
        _("Was lässt Sie das vermuten?"),
        max_length=20_000,
        help_text=_("Das liest nur, wer den Fall behandelt. Der Datenschutzverantwortliche wird sofort gerufen."),
    )
    neutral = text(
        _("Was alle lesen dürfen"),
        required=False,
        rows=2,
        max_length=500,
        help_text=_(
            "Titel, Beschreibung, Notizen und Dateien dieses Incidents sind danach zurückgehalten. Schreiben Sie ohne "
            "Namen und Einzelheiten, was zum Beheben nötig ist."
        ),
    )
