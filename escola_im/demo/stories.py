"""How incidents reported by people went, from the first call to the last word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from escola_im.demo.script import Script
from escola_im.demo.texts import Case, letters

Story = Callable[[Script, Case], None]


def solved_at_the_desk(s: Script, case: Case) -> None:
    """Support knows the answer."""
    agent = s.someone("support")
    s.report(case, agent).wait(2, 15).act("start", agent)
    if s.maybe(0.5):
        s.work(5, 30).note(agent, case.finding)
    if s.maybe(0.5):
        s.work(5, 40).write(agent)
    s.work(10, 120).act("resolve", agent, code=case.code, text=case.fix)
    _finish(s, agent)


def solved_by_development(s: Script, case: Case) -> None:
    """Support cannot mend it and hands it up (§5.1/1e)."""
    agent, developer = _handed_up(s, case)
    s.work(20, 120).note(developer, case.finding)
    if s.maybe(0.4):
        s.work(10, 60).write(agent)
    if not case.impact.startswith("many") and s.maybe(0.35):
        s.work(30, 120).act("hold", developer, reason=s.one(("awaiting_change", "monitoring_fix")))
        s.work(60, 420).act("resume", developer)
    s.work(30, 300).act("resolve", developer, code=case.code, text=case.fix)
    _finish(s, agent)


def solved_by_the_head(s: Script, case: Case) -> None:
    """Too complex for development alone (§5.1/2g)."""
    agent, developer = _handed_up(s, case)
    s.work(30, 120).note(developer, s.one(letters().notes))
    reason = s.one(("especially_complex", "time_critical", "infrastructure_configuration"))
    s.work(10, 60).act("escalate", developer, chain="functional", reason=reason, note="Brauchen eure Hilfe.")
    head = s.someone("head_of_development")
    s.work(3, 25).act("acknowledge", head)
    s.work(20, 90).note(head, case.finding).work(5, 20).write(agent)
    s.work(20, 200).act("resolve", head, code=case.code, text=case.fix)
    _finish(s, agent)


def waited_for_the_reporter(s: Script, case: Case) -> None:
    """A question goes out; the clock stands until the answer or the date comes (R5, R6)."""
    agent = s.someone("support")
    s.report(case, agent).wait(3, 20).act("start", agent)
    until = s.at + timedelta(days=s.dice.choice((2, 3, 5)))
    s.work(10, 60).act("hold", agent, reason="awaiting_reporter", until=until, message=s.one(letters().questions))
    if s.maybe(0.75):
        s.work(60, 600)
        s.at = min(s.at, until - timedelta(minutes=10))
        s.act("answered", "", text=s.one(letters().answers))
        s.work(10, 90).act("resolve", agent, code=case.code, text=case.fix)
    else:
        s.at = until
        s.work(20, 120).write(agent).work(400, 900)
        s.act("resolve", agent, code="no_response", text="Auf zwei Nachfragen kam keine Antwort; wir schliessen ab.")
    _finish(s, agent)


def came_back(s: Script, case: Case) -> None:
    """Solved, and broken again two days later (R10)."""
    agent, developer = _handed_up(s, case)
    s.work(30, 200).act("resolve", developer, code="workaround_provided", text="Umgehung eingerichtet, bitte testen.")
    s.work(200, 1000).act("reopen", agent, reason="Die Schule meldet, dass der Fehler wieder auftritt.")
    s.work(20, 60).note(developer, case.finding)
    s.work(60, 400).act("resolve", developer, code=case.code, text=case.fix)
    _finish(s, agent)


def took_too_long(s: Script, case: Case) -> None:
    """It lies too long: the clock breaks, and the project manager is called by rule (P-5.4)."""
    agent, developer = _handed_up(s, case)
    s.work(300, 700).note(developer).work(200, 400).write(agent)
    s.work(700, 1300).note(developer, case.finding)
    s.work(200, 500).act("resolve", developer, code=case.code, text=case.fix)
    _finish(s, agent)


def made_somebody_angry(s: Script, case: Case) -> None:
    """A dissatisfied customer: the management chain comes in beside the other (§5.2/2c)."""
    agent, developer = _handed_up(s, case)
    s.work(60, 200).act("escalate", agent, chain="management", reason="dissatisfied_customer",
                        note="Schulleitung droht mit Kündigung.")  # fmt: skip
    manager = s.someone("project_manager")
    s.work(5, 50).act("acknowledge", manager)
    s.work(10, 40).note(manager, "Mit der Schulleitung telefoniert, täglicher Zwischenstand vereinbart.")
    if s.maybe(0.4):
        s.work(60, 200).act("escalate", manager, chain="management", reason="especially_dissatisfied_customer")
        board = s.someone("executive_board")
        s.work(5, 40).act("acknowledge", board).work(10, 60).note(board, "Entschuldigung und Gutschrift zugesagt.")
    s.work(30, 200).act("resolve", developer, code=case.code, text=case.fix)
    s.work(60, 600).act("feedback", agent, text="Am Ende gut gelöst, der Weg war zu lang.", satisfaction="neutral")


def went_unheard(s: Script, case: Case) -> None:
    """A grave incident in the evening: calls nobody answers climb the ladder by themselves (P-5.3)."""
    agent = s.someone("support")
    s.report(case, agent, channel="phone", urgency_criteria=("damage_grows_fast",), impact_criteria=("many_staff",))
    s.wait(1, 4).act("start", agent)
    s.wait(3, 8).act("escalate", agent, chain="functional", reason="technical_incident")
    s.wait(43, 55).act("acknowledge", s.someone("head_of_development"))
    head = s.someone("head_of_development")
    s.wait(15, 60).note(head, case.finding).wait(10, 60)
    s.act("resolve", head, code=case.code, text=case.fix)
    _finish(s, agent)


def was_ranked_anew(s: Script, case: Case) -> None:
    """It turns out graver than thought; later the head of development departs from the matrix, with a reason."""
    agent, developer = _handed_up(s, case)
    s.work(15, 60).act("set_priority", agent, urgency_criteria=("school_tasks_time_critical",),
                       impact_criteria=("some_customers",), reason="Betrifft mehr Schulen als gedacht.")  # fmt: skip
    if s.maybe(0.5):
        reason = "Umgehung wirkt bei allen Schulen; der Schaden wächst nicht mehr."
        s.work(20, 60).act("set_priority", "lead", override="medium", reason=reason)
    s.work(30, 200).note(developer, case.finding).act("resolve", developer, code=case.code, text=case.fix)
    _finish(s, agent)


def was_none(s: Script, case: Case) -> None:
    """Cancelled: a misunderstanding, or taken back."""
    agent = s.someone("support")
    s.report(case, agent).wait(3, 20).act("start", agent).work(10, 60)
    code, reason = s.one((
        ("not_an_incident", "Die Funktion arbeitet wie beschrieben; Anleitung geschickt."),
        ("withdrawn", "Die meldende Person hat zurückgezogen."),
    ))  # fmt: skip
    s.act("cancel", agent, code=code, reason=reason)


def was_reported_twice(s: Script, case: Case) -> None:
    """Two schools, one cause: the second record is merged into the first, or cancelled as its duplicate."""
    agent, developer = _handed_up(s, case)
    twin = Script(f"{s.key}-twin", s.at, s.end, s.dice)
    other = s.someone("support")
    twin.work(10, 60).report(case, other).wait(2, 10).act("start", other)
    if s.maybe(0.6):
        twin.work(3, 15).act("merge", other, into=f"${s.key}")
        if s.maybe(0.3):
            twin.work(5, 15).act("unmerge", other).work(1, 4).act("link", other, kind="related", target=f"${s.key}")
            twin.work(10, 40).act("resolve", other, code="known_error", text="Eigene Ursache: veraltete App.")
    else:
        reason = "Gleiche Ursache wie bei der anderen Schule."
        twin.work(3, 15).act("cancel", other, code="duplicate", reason=reason, target=f"${s.key}")
    s.acts += twin.acts
    s.at = max(s.at, twin.at)
    s.work(60, 300).note(developer, case.finding).act("resolve", developer, code=case.code, text=case.fix)
    _finish(s, agent)


def was_major(s: Script, case: Case) -> None:
    """A major incident: declared by its trigger, both chains and the team at once, its review held (§6, §10)."""
    agent, head = s.someone("support"), s.someone("head_of_development")
    trigger = s.one(("whole_software_down", "data_loss_or_corruption", "security_or_privacy_breach"))
    s.report(case, agent, channel="phone", urgency_criteria=("damage_grows_fast",), impact_criteria=("many_schools",),
             major_triggers=(trigger,))  # fmt: skip
    s.wait(1, 3).act("start", "dev")
    for member in ("pm", "lead", "dpo", "it", "dario"):
        s.wait(0.5, 1.3).act("acknowledge", member)
    s.wait(2, 6)
    s.act("escalate", "dev", chain="functional", reason="time_critical").wait(1, 5).act("acknowledge", head)
    s.wait(3, 10).act("note", "dpo", text="Erste Bewertung: kein Abfluss von Personendaten erkennbar.")
    s.wait(5, 20).note(head, case.finding).wait(2, 8).write(agent)
    if s.maybe(0.6):
        s.wait(2, 8).act("escalate", "pm", chain="management", reason="high_company_influence")
        s.wait(2, 9).act("acknowledge", "board")
    s.wait(20, 90).act("resolve", head, code=case.code, text=case.fix)
    s.work(60, 900).act("feedback", agent, text="Offene Kommunikation während des Ausfalls.", satisfaction="satisfied")
    s.work(600, 2400).act("review_done", "lead", reference="Protokoll im Projektraum, drei Massnahmen vereinbart.")


def had_children(s: Script, case: Case) -> None:
    """One cause, several schools: the single reports hang below the first one."""
    agent, developer = _handed_up(s, case)
    for index in range(2):
        child = Script(f"{s.key}-child{index}", s.at, s.end, s.dice)
        child.work(5, 30).report(case, agent).wait(1, 5).act("start", agent)
        child.work(1, 6).act("link", agent, kind="child", target=f"${s.key}")
        child.work(5, 60).act("resolve", agent, code="known_error", text="Siehe übergeordneten Incident.")
        s.acts += child.acts
        s.at = max(s.at, child.at)
    s.work(30, 120).note(developer, case.finding).act("resolve", developer, code=case.code, text=case.fix)
    _finish(s, agent)


def _handed_up(s: Script, case: Case) -> tuple[str, str]:
    """Recorded and started by support, taken over by a developer."""
    agent, developer = s.someone("support"), s.someone("development")
    s.report(case, agent).wait(2, 12).act("start", agent)
    if s.maybe(0.6):
        s.work(5, 20).note(agent)
    s.work(3, 20).act("escalate", agent, chain="functional", reason="technical_incident", note=case.title)
    s.work(4, 27).act("acknowledge", developer)
    return agent, developer


def _finish(s: Script, agent: str) -> None:
    """Feedback now and then, and the last word by hand now and then; the rest closes by rule."""
    if s.maybe(0.4):
        text, satisfaction = s.one(letters().praise)
        s.work(60, 900).act("feedback", agent, text=text, satisfaction=satisfaction)
    if s.maybe(0.4):
        s.work(30, 600).act("close", agent)
