"""A breach as tests begin with one: confirmed, its schools told."""

from __future__ import annotations

from directory.models import School
from lifecycle import assessing, breach_schools, law_enforcement, school_notices
from lifecycle.breach_schools import Hit
from privacy.models import Case
from tests.company import Company
from tests.db.lifecycle.test_a_breach import WHOLE


def told_breach(company: Company) -> Case:
    """Of every school there is, with evidence."""
    incident = company.incident(symptom="Notenliste ist im Netz", data_protection=True)
    number = Case.objects.get(incident=incident).number
    by, now = company.by("dpo"), company.now
    School.objects.filter(email="").update(email="ecole@exempleville.example")
    School.objects.filter(legal_kind="").update(legal_kind="public")
    assessing.assess(number, answers=WHOLE, by=by, now=now)
    assessing.confirm(number, reason="Öffentlich", by=by, now=now)
    breach_schools.affect(number, hits=[Hit(school, 20, None) for school in School.objects.all()], by=by, now=now)
    school_notices.draft_notices(number, by=by, now=now)
    school_notices.review_notices(number, by=by, now=now)
    law_enforcement.add_evidence(number, what="Protokoll", place="Server", sha256="a" * 64, by=by, now=now)
    return school_notices.notify_schools(number, by=by, now=now)
