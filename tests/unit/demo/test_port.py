"""A port that cannot be is said in one sentence, before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import demo


@pytest.mark.parametrize("port", ["abc", "-1", "65536", "99999", "8000.5"])
def test_a_port_that_cannot_be_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, port: str
) -> None:
    monkeypatch.setenv("PORT", port)
    monkeypatch.setenv("VAR", str(tmp_path / "var"))
    with pytest.raises(SystemExit, match="PORT must be a number from 1 to 65535"):
        demo.main([])
    assert not (tmp_path / "var").exists()
