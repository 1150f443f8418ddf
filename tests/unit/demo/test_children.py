"""What the demo's supervisor notes of the processes it started."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tools.children import end_leftovers, remember


def test_whoever_reads_the_note_while_it_changes_finds_a_whole_one(tmp_path: Path) -> None:
    note = tmp_path / "running.json"
    remember(note, [os.getpid()])
    with note.open() as reader:
        remember(note, [])
        assert list(json.load(reader)) == [str(os.getpid())]
    assert json.loads(note.read_text()) == {}
    assert list(tmp_path.iterdir()) == [note]


def test_a_stranger_with_a_reused_pid_is_left_alone(tmp_path: Path) -> None:
    note = tmp_path / "running.json"
    note.write_text(json.dumps({str(os.getpid()): 1.0}))
    end_leftovers(note)
    assert not note.exists()
