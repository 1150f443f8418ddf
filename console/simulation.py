"""«Durchspielen»: whom a chain would call from an instant on, minute by minute, for an incident one picks (P-5.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from console.door import READ, StaffRequest, room
from console.page import page
from console.settings.forms import MOMENT, Entry
from core.clock import now
from directory.models import Person
from directory.selectors import people_with_any_role
from escalation.on_call import FURTHEST
from escalation.simulation import NOBODY_ANSWERS, Scene, Story, simulate
from incidents.models import OPEN_VALUES, Incident
from incidents.selectors import visible_to
from lifecycle.access import SEE_ON_CALL
from notifications.registry import CHANNELS
from process.schema import ChainName, Document
from process.selectors import current_document, document

SUGGESTED = 20
CHANNEL_NAMES = {key: channel.label for key, channel in CHANNELS.items()}


class SimulationForm(Entry):
    """Which incident, which chain, when, and who does not answer."""

    incident = forms.CharField(
        label=_("Incident"), max_length=20, widget=forms.TextInput({"list": "open-incidents", "autocomplete": "off"})
    )
    chain = forms.ChoiceField(label=_("Kette"), widget=forms.RadioSelect)
    level = forms.TypedChoiceField(label=_("Ab welcher Stufe?"), required=False, coerce=int, empty_value=None)
    at = forms.DateTimeField(label=_("Ab wann?"), widget=MOMENT)
    silent = forms.MultipleChoiceField(
        label=_("Wer antwortet nicht?"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, rules: Document, person: Person, instant: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "de"
        self.person, self.instant = person, instant
        self.found: Incident | None = None
        highest = max(chain.top for chain in rules.chains)
        levels = [("", _("Wo der Incident steht")), *((level, level) for level in range(1, highest + 1))]
        self.fields["level"].choices = levels  # type: ignore[attr-defined]
        chains = [(chain.name.value, chain.label.in_(language)) for chain in rules.chains]
        self.fields["chain"].choices = chains  # type: ignore[attr-defined]
        people = people_with_any_role({level.role for chain in rules.chains for level in chain.levels})
        self.fields["silent"].choices = [  # type: ignore[attr-defined]
            (NOBODY_ANSWERS, _("Niemand antwortet (die ganze Kette)")),
            *((person.username, person.display_name) for person in people),
        ]

    def clean_incident(self) -> str:
        """One this person may know of."""
        number = self.cleaned_data["incident"].strip().upper()
        self.found = visible_to(self.person).select_related("assignee").filter(number=number).first()
        if self.found is None:
            raise forms.ValidationError(_("Diesen Incident gibt es nicht, oder Sie dürfen ihn nicht sehen."))
        return self.found.number

    def clean_at(self) -> datetime:
        """Within a year: further on no rota is kept."""
        at: datetime = self.cleaned_data["at"]
        if abs(at - self.instant) > FURTHEST:
            raise forms.ValidationError(_("Höchstens ein Jahr vor oder nach jetzt."))
        return at

    def clean(self) -> dict[str, Any]:
        """The levels are those of the document the incident keeps to."""
        asked = super().clean() or self.cleaned_data
        if self.found is not None and asked.get("level") and "chain" in asked:
            top = document(self.found.process_version_id).chain(ChainName(asked["chain"])).top
            if asked["level"] > top:
                self.add_error("level", _("Diese Kette hat die Stufen 1 bis %(top)s.") % {"top": top})
        return asked


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happens: whom is called and how, and how many seconds after the beginning."""

    scene: Scene
    after: float


@dataclass(slots=True)
class Act:
    """A level on which people are called."""

    scene: Scene
    lines: list[Line] = field(default_factory=list)
    absent: list[Person] = field(default_factory=list)


@room(SEE_ON_CALL, methods=READ)
def overview(request: StaffRequest) -> HttpResponse:
    """The form, and what it asks for once it names an incident. Everything stands in the address: it can be shared."""
    instant, rules = now(), current_document()[1]
    form = SimulationForm(_asked(request, instant), rules=rules, person=request.user, instant=instant)
    context: dict[str, Any] = {
        "form": form,
        "open_incidents": visible_to(request.user).filter(status__in=OPEN_VALUES).order_by("-id")[:SUGGESTED],
    }
    if form.is_bound and form.is_valid() and form.found is not None:
        asked = form.cleaned_data
        story = simulate(
            form.found, ChainName(asked["chain"]), at=asked["at"], silent=asked["silent"], level=asked["level"]
        )
        context |= {"story": story, "acts": _acts(story), "incident": form.found, "channels": CHANNEL_NAMES}
        context["lasts"] = (story.ends_at - story.at).total_seconds()
    return page(request, "console/on_call/simulation.html", context, status=422 if form.errors else 200)


def _asked(request: StaffRequest, instant: datetime) -> dict[str, Any] | None:
    """What the address asks for. A link that names only an incident asks for the whole chain, now."""
    given = request.GET
    if "incident" not in given:
        return None
    came_by_link = "at" not in given
    return {
        "incident": given["incident"],
        "chain": given.get("chain", ChainName.FUNCTIONAL.value),
        "level": given.get("level", ""),
        "at": timezone.localtime(instant).strftime("%Y-%m-%dT%H:%M") if came_by_link else given["at"],
        "silent": [NOBODY_ANSWERS] if came_by_link else given.getlist("silent"),
    }


def _acts(story: Story) -> list[Act]:
    acts = []
    for _level, scenes in groupby(story.scenes, key=lambda scene: scene.level.level):
        lines = [Line(scene, (scene.at - story.at).total_seconds()) for scene in scenes]
        absent = {person.pk: person for line in lines for person in line.scene.absent}
        acts.append(Act(lines[0].scene, lines, list(absent.values())))
    return acts
