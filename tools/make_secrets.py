"""Make the secret files docker-compose.yml mounts: `python3 tools/make_secrets.py`. Existing ones stay as they are."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "secrets"


def make(folder: Path) -> list[str]:
    """Write what is missing into `folder` and return the names of the files that still need a person."""
    folder.mkdir(mode=0o700, exist_ok=True)
    passwords = {name: _keep(folder / f"{name}_password", secrets.token_hex(24)) for name in ("postgres", "redis")}
    _keep(folder / "secret_key", secrets.token_urlsafe(60))
    _keep(folder / "field_keys", secrets.token_urlsafe(48))
    _keep(folder / "database_url", f"postgresql://escola:{passwords['postgres']}@postgres:5432/escola")
    _keep(folder / "redis_url", f"redis://:{passwords['redis']}@redis:6379/0")
    return [name for name in ("email_url",) if not _keep(folder / name, "")]


def _keep(path: Path, value: str) -> str:
    """The file's content; written first where it is missing or empty. Containers read it as users of their own."""
    if path.exists() and path.read_text().strip():
        return path.read_text().strip()
    path.write_text(value)
    path.chmod(0o444)
    return value


if __name__ == "__main__":
    missing = make(FOLDER)
    sys.exit(f"Write the mail server into {FOLDER}/email_url: smtp://user:password@host:587?tls=1" if missing else 0)
