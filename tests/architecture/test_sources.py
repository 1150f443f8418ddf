"""A source is one file, one line in the registry, real payloads and one page. Nothing may be missing."""

from pathlib import Path

import pytest

from integrations.registry import SOURCES
from tests.architecture.house import ROOT

FILES = [path for path in sorted((ROOT / "integrations/sources").glob("*.py")) if path.stem != "__init__"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_source_is_registered_with_payloads_and_a_page(path: Path) -> None:
    kind = path.stem.replace("_", "-")
    assert kind in SOURCES, "add it to integrations/registry.py"
    folders = [ROOT / "tests/payloads" / name for name in (kind, path.stem)]
    assert any(list(folder.rglob("*.*")) for folder in folders), "add what it really sends to tests/payloads"
    assert (ROOT / f"docs/integrations/{kind}.md").exists(), "add a page that shows how to set it up"
