"""What the architecture tests read: the files of the house and their floors."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FLOORS = [
    {"escola_im"},
    {"api", "console"},
    {"integrations"},
    {"lifecycle"},
    {"figures"},
    {"escalation", "sla", "statuspage", "privacy", "heartbeats"},
    {"incidents", "notifications"},
    {"directory"},
    {"process"},
    {"core"},
]
APPS = sorted(set().union(*FLOORS))


def height(app: str) -> int:
    """0 is the ground; foreign apps (Django's own) lie below everything."""
    return next((len(FLOORS) - index for index, floor in enumerate(FLOORS) if app in floor), -1)


def python_files(*folders: str) -> list[Path]:
    """Hand-written Python below the folders; migrations are Django's."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts]


def calls(path: Path) -> Iterator[ast.Call]:
    """Every call in a file."""
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


def name_of(path: Path) -> str:
    """The path as a person would say it."""
    return str(path.relative_to(ROOT))


def tracked_files() -> list[Path]:
    """Every file git knows; without git (a downloaded archive) every file outside caches."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    hidden = (".venv", "var", ".git", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis")
    return [path for path in ROOT.rglob("*") if path.is_file() and not set(hidden) & set(path.parts)]
