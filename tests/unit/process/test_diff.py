"""A diff names rules, not line numbers."""

from __future__ import annotations

from typing import Any

from process.diff import Change, diff
from process.loader import default_document
from process.schema import Document

DEFAULT = default_document()


def after(change: Any) -> list[Change]:
    tree = DEFAULT.model_dump(mode="json")
    change(tree)
    return diff(DEFAULT, Document.model_validate(tree))


def test_equal_documents_do_not_differ() -> None:
    assert diff(DEFAULT, default_document()) == []


def test_a_changed_figure_shows_before_and_after() -> None:
    changes = after(lambda tree: tree["sla"]["targets"][0].update(target_min=20))
    assert changes == [Change("sla.targets[response_critical].target_min", "15", "20")]
    assert str(changes[0]) == "~ sla.targets[response_critical].target_min: 15 → 20"


def test_an_added_rule_is_one_change_although_it_moves_the_others() -> None:
    module = {"key": "library", "label": {"de": "Bibliothek", "en": "Library"}}
    changes = after(lambda tree: tree["modules"].insert(0, module))
    assert [str(change) for change in changes] == ["+ modules[library]: «Bibliothek»"]


def test_a_removed_rule_is_one_change() -> None:
    changes = after(lambda tree: tree["closure_codes"].pop(0))
    assert [str(change) for change in changes] == ["- closure_codes[solved_permanently]: «Dauerhaft gelöst»"]


def test_another_order_is_said_as_such() -> None:
    changes = after(lambda tree: tree["channels"].reverse())
    assert [change.path for change in changes] == ["channels (order)"]
    assert changes[0].before == "ticket, phone, email, app_feedback, app_review, monitoring, manual"


def test_a_text_of_a_duty_is_named_down_to_its_language() -> None:
    changes = after(lambda tree: tree["chains"][1]["levels"][1]["duties"][0]["text"].update(en="Step in."))
    assert [change.path for change in changes] == [
        "chains[management].levels[2].duties[intervene_on_breach].text.en",
    ]


def test_a_new_entry_of_a_mapping_and_a_list_of_figures_read_well() -> None:
    def change(tree: Any) -> None:
        tree["raci"][0]["roles"]["development"] = "I"
        tree["sla"]["checkpoints"] = [80, 100]

    assert [str(one) for one in after(change)] == [
        "~ sla.checkpoints: [50, 75, 90, 100] → [80, 100]",
        "+ raci[identification].roles.development: «I»",
    ]
