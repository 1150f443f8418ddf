"""Reports by e-mail: set up, looked at beforehand, sent now, stopped. Whoever manages them decides for all readers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from console.door import READ, StaffRequest, by, number_in, posted, room
from console.page import page
from console.sla import report
from console.sla.views import known
from core.clock import now
from figures.rules.filters import OF_TIME
from lifecycle import reporting
from lifecycle.access import EDIT_REPORTS, SEE_FIGURES, roles_for
from lifecycle.errors import Invalid
from notifications.models import ReportPlan
from process.selectors import current_document

PAGE = "console:sla_reports"
IN_THE_MAIL = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups"


class PlanForm(forms.Form):
    """When it goes out and to whom."""

    rhythm = forms.ChoiceField(label=gettext_lazy("Wann"), choices=ReportPlan.Rhythm.choices)
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("An wen"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Wer die Rolle hat, wenn der Bericht hinausgeht. Zur Wahl steht, wer den Raum SLA sieht."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language, may = get_language() or "de", roles_for(SEE_FIGURES)
        roles: Any = self.fields["roles"]
        roles.choices = [
            (role.key, role.label.in_(language)) for role in current_document()[1].roles if role.key in may
        ]


@room(EDIT_REPORTS)
def overview(request: StaffRequest) -> HttpResponse:
    """What goes out, and the form for one more."""
    form = PlanForm(posted(request))
    query = known(request.POST.get("query", "") or request.GET.urlencode(), but_for=OF_TIME)
    if form.is_valid():
        try:
            reporting.plan_report(**form.cleaned_data, query=query, by=by(request), now=now())
        except Invalid as problem:
            for name, texts in problem.errors.items():
                form.add_error(name, texts)
        else:
            messages.success(request, _("Der Bericht ist eingerichtet."))
            return redirect(PAGE)
    roles = {role.key: role.label.in_(get_language() or "de") for role in current_document()[1].roles}
    plans = [
        (plan, [roles.get(key, key) for key in plan.roles], len(reporting.readers(plan)), list(plan.issues.all()[:3]))
        for plan in ReportPlan.objects.all()
    ]
    status = 422 if form.errors else 200
    return page(request, "console/sla/reports.html", {"plans": plans, "form": form, "query": query}, status=status)


@room(EDIT_REPORTS, methods=("POST",))
def change(request: StaffRequest, pk: int) -> HttpResponse:
    """Sends a report now, stops it, lets it go on, or ends it."""
    plan = _plan(pk)
    action = request.POST.get("action", "")
    if action == "send":
        reporting.send_now(plan.pk, by=by(request), now=now())
        messages.success(request, _("Der Bericht geht innert einer Minute hinaus."))
    elif action in ("stop", "go"):
        reporting.switch_report(plan.pk, is_active=action == "go", by=by(request))
    elif action == "remove":
        reporting.remove_report(plan.pk, by=by(request))
        messages.success(request, _("Der Bericht ist gelöscht."))
    else:
        raise Http404(action)
    return redirect(PAGE)


@room(EDIT_REPORTS, methods=READ)
def preview(request: StaffRequest, pk: int) -> HttpResponse:
    """The mail as it would go out now. It carries styles of its own, as mails must, and may do nothing else."""
    answer = HttpResponse(report.preview(_plan(pk), now=now()))
    answer["Content-Security-Policy"] = IN_THE_MAIL
    answer["Cache-Control"] = "private, no-store"
    return answer


def _plan(pk: int) -> ReportPlan:
    plan = ReportPlan.objects.filter(pk=pk).first() if number_in(str(pk)) is not None else None
    if plan is None:
        raise Http404(pk)
    return plan
