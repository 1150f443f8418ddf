"""A record that was changed past its events is found, whether events ever spoke of that field or not."""

import pytest

from incidents.models import Incident
from lifecycle import connect
from lifecycle.integrity import findings


def found(now):
    return [str(finding) for finding in findings(now=now) if finding.problem == "differs from its events"]


def test_records_that_verbs_changed_are_what_their_events_say(company, now):
    incident, double = company.incident(), company.incident(major_triggers=("whole_software_down",))
    connect.merge(incident.number, into=double.number, by=company.by("support"), now=now)
    connect.unmerge(incident.number, by=company.by("support"), now=now)
    assert found(now) == []


@pytest.mark.parametrize("change", [{"is_major": True}, {"closure_code": "duplicate"}, {"priority": "low"}], ids=str)
def test_a_record_changed_by_hand_is_named(company, now, change):
    incident = company.incident()
    Incident.objects.update(**change, priority_computed=change.get("priority", "medium"))
    [line] = found(now)
    assert incident.number in line


def test_an_assignee_written_by_hand_is_named(company, now):
    incident = company.incident()
    Incident.objects.update(assignee=company.dev)
    [line] = found(now)
    assert f"{incident.number} (assignee" in line
