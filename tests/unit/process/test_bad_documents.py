"""Every kind of bad file is refused with its line, its path, and what was expected."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from process.loader import BadDocument, Problem, decode, default_text, parse

TEXT = default_text()
COMPANY = 'company: "Escola GmbH"'


def problems_of(text: str) -> list[Problem]:
    with pytest.raises(BadDocument) as caught:
        parse(text)
    return caught.value.problems


def broken(good: str, bad: str) -> tuple[list[Problem], int]:
    """The problems after one replacement, and the line it stands on."""
    assert good in TEXT
    return problems_of(TEXT.replace(good, bad, 1)), TEXT[: TEXT.index(good)].count("\n") + 1


VALUES = [
    (
        'subject: {de: "Störung: {title}"',
        'subject: {de: "Störung: {titel}"',
        "message_templates[first_information].subject.de",
        "a known place (next_update_at, number, schools, since, title), found 'titel'",
    ),
    (
        "level: high",
        "level: hgh",
        "urgency_criteria[damage_grows_fast].level",
        "'high', 'medium' or 'low', found 'hgh'",
    ),
    ("effect: declare", "effect: nuke", "major.triggers[whole_software_down].effect", "'propose' or 'declare'"),
    ("target_min: 15", "target_min: soon", "sla.targets[response_critical].target_min", "integer"),
    ("target_min: 15", "target_min: 0", "sla.targets[response_critical].target_min", "greater than or equal to 1"),
    ("calendar: 24x7", "calendar: 24x8", "sla.targets[response_critical].calendar", "a known calendar (24x7, 8x5,"),
    ('{open: "08:00"', '{open: "25:00"', "calendars[8x5].weekly.mon[1].open", "a valid time"),
    ('close: "12:00"', 'close: "07:00"', "calendars[8x5].weekly.mon[1]", "open before it closes"),
    ('{open: "13:00"', '{open: "11:00"', "calendars[8x5]", "do not overlap"),
    ("mon: [", "mo: [", "calendars[8x5].weekly.mo", "'mon'"),
    ("Europe/Zurich", "Europe/Zuerich", "calendars[8x5].time_zone", "an IANA time zone"),
    ("default_canton: ZH", "default_canton: XX", "calendars[8x5].default_canton", "text that matches"),
    ("role: development", "role: devlopment", "chains[functional].levels[2].role", "a known role"),
    ("monitoring_enters_at: 2", "monitoring_enters_at: 7", "chains[functional]", "a level of the chain, 1 to 3"),
    ("support: R}", "support: X}", "raci[identification].roles.support", "text that matches"),
    ("support: R}", "desk: R}", "raci[identification].roles.desk", "a known role"),
    ("handed_to: project_manager", "handed_to: boss", "contact_kinds[feature_request].handed_to", "a known role"),
    ("security: data_integrity_security", "security: safety", "monitoring.categories.security", "a known category"),
    (
        "impact_criteria: [many",
        "impact_criteria: [all",
        "monitoring.severities[critical].impact_criteria[1]",
        "criterion",
    ),
    (
        "resolve_code: recovered",
        "resolve_code: withdrawn",
        "monitoring.resolve_code",
        "a known closure code for resolving",
    ),
    ("breach_reason: sla_breached", "breach_reason: late", "sla.breach_reason", "a reason of the management chain"),
    ("decision_from_level: 2", "decision_from_level: 4", "restoration.decision_from_level", "1 to 3, found 4"),
    ("checkpoints: [50", "checkpoints: [90", "sla", "checkpoints that rise"),
    ("- key: development", "- key: support", "roles[support].key", "every key once"),
    ("schema_version: 1", "schema_version: 2", "schema_version", "1, found '2'"),
    ("  flap_count: 6", "  flap_cuont: 6", "monitoring.flap_cuont", "did you mean 'flap_count'?"),
    (COMPANY, "company: no\ncompany: yes", "company", "every key once, it stands on line"),
    (COMPANY, 'company: "a\\0b"', "company", "visible text"),
    (COMPANY, "company: !!python/object/apply:os.getcwd []", "company", "plain YAML, found the tag"),
    (COMPANY, "company: !secret x", "company", "plain YAML, found the tag"),
    (COMPANY, "company: [a]", "company", "string, found a list"),
    (COMPANY, "company:", "company", "string, found nothing"),
    (COMPANY, "[a, b]: x", "", "a word as key"),
    (COMPANY, "company: *name", "", "found the alias *name"),
    (COMPANY, "company: " + "[" * 200 + "]" * 200, "", "at most 30 levels of nesting"),
    (COMPANY, "company: \u202eevil", "", "visible text"),
]


@pytest.mark.parametrize(("good", "bad", "path", "expected"), VALUES, ids=[f"{bad[:40]!r}" for _, bad, _, _ in VALUES])
def test_a_wrong_entry_is_named_by_path_with_what_was_expected(good: str, bad: str, path: str, expected: str) -> None:
    problems, _ = broken(good, bad)
    assert any(problem.path == path and expected in problem.message for problem in problems), problems


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("level: high", "level: hgh"),
        ("effect: declare", "effect: nuke"),
        ("target_min: 15", "target_min: soon"),
        ("calendar: 24x7", "calendar: 24x8"),
        ("role: development", "role: nobody"),
        ("breach_reason: sla_breached", "breach_reason: late"),
        (COMPANY, "compny: x"),
        (COMPANY, "company: *name"),
        (COMPANY, "company: \u2066x"),
        (COMPANY, "company: ]"),
    ],
)
def test_a_wrong_entry_is_named_by_its_line(good: str, bad: str) -> None:
    problems, line = broken(good, bad)
    assert line in {problem.line for problem in problems} or line + 1 in {problem.line for problem in problems}, (
        problems
    )


def test_a_brace_that_is_never_closed_is_named_by_where_it_opens() -> None:
    problems, line = broken(COMPANY, "company: {a")
    assert f"it begins on line {line}" in problems[0].message


def test_a_missing_entry_is_reported_where_it_should_stand() -> None:
    problems, line = broken("        call: one_by_one\n", "        colour: red\n")
    assert [(problem.line, problem.path) for problem in problems] == [(line, "chains[functional].levels[2].colour")]
    problems, _ = broken("    - {impact: low, high: medium, medium: low, low: low}\n", "")
    matrix = TEXT[: TEXT.index("\nmatrix:")].count("\n") + 2
    assert [(problem.line, problem.path) for problem in problems] == [(matrix, "matrix")]
    assert "missing: low" in problems[0].message


def test_all_problems_are_reported_at_once_in_the_order_of_the_file() -> None:
    text = TEXT.replace("level: high", "level: hgh", 1).replace("target_min: 15", "target_min: soon")
    problems = problems_of(text)
    assert [problem.path for problem in problems] == [
        "urgency_criteria[damage_grows_fast].level",
        "sla.targets[response_critical].target_min",
    ]


def test_a_mistyped_key_lists_the_known_ones() -> None:
    problems, line = broken("flap_count: 6", "flap_counts: 6")
    extra = next(problem for problem in problems if problem.path.endswith("flap_counts"))
    assert extra.line == line
    assert "expected one of categories, flap_count, flap_window_min" in extra.message


@pytest.mark.parametrize("text", ["", "# nothing", "[]", "text", "a: [", "a: b: c", "\t", "%", "--- a\n--- b", "\x00"])
def test_what_is_no_such_file_at_all_is_refused_with_a_line(text: str) -> None:
    assert all(problem.line >= 1 and problem.message for problem in problems_of(text))


def test_a_file_of_more_than_a_megabyte_is_refused_before_it_is_read() -> None:
    problems = problems_of(TEXT + "#" * 1_000_000)
    assert "expected at most 1000000 bytes" in problems[0].message


def test_a_bomb_of_aliases_is_refused() -> None:
    bomb = "a: &a [x, x]\n" + "\n".join(f"b{n}: &b{n} [*a, *a, *a, *a, *a, *a, *a, *a, *a]" for n in range(20))
    assert problems_of(bomb) == [Problem(2, "", "expected the text itself, found the alias *a")]


def test_yes_no_and_clock_times_are_text_as_in_yaml_1_2() -> None:
    assert parse(TEXT.replace(COMPANY, "company: no")).company == "no"
    assert parse(TEXT.replace('close: "17:00"', "close: 17:00")) == parse(TEXT)


def test_a_file_that_is_not_utf8_is_refused_with_its_line() -> None:
    with pytest.raises(BadDocument) as caught:
        decode(b"a: 1\nb: \xff\n")
    assert caught.value.problems == [Problem(2, "", "expected UTF-8, found byte 0xff")]


def test_a_byte_order_mark_and_windows_line_ends_are_no_problem() -> None:
    assert parse(decode(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())) == parse(TEXT)


def test_a_problem_reads_like_a_compilers() -> None:
    problems, line = broken("level: high", "level: hgh")
    assert (
        problems[0].in_file("p.yaml").startswith(f"p.yaml:{line}: urgency_criteria[damage_grows_fast].level: expected")
    )


@given(st.integers(0, len(TEXT) - 1), st.integers(0, 80), st.text(max_size=8))
def test_whatever_is_cut_or_typed_the_answer_is_a_document_or_problems(at: int, cut: int, typed: str) -> None:
    try:
        answer: object = parse(TEXT[:at] + typed + TEXT[at + cut :])
    except BadDocument as error:
        answer = error.problems
    assert answer
