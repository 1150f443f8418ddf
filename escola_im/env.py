"""Every variable the product reads, typed, in one place. A wrong or missing value stops the start and says its name.

Values come from the environment, or from files of the same name (lower case) below `/run/secrets` as container secrets
are mounted. `docs/settings.md` is written from this class (`manage.py settings_table`).
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Literal, Self

from pydantic import AnyHttpUrl, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEMO_PREFIX = "demo-only-"  # how every key of the demo begins, so that none is mistaken for a real one
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SECRETS_DIR = Path("/run/secrets")


RUNNING_ENV = "running.env"  # below VAR while a demo runs: its settings, for manage.py


class Env(BaseSettings):
    """The environment of one process."""

    model_config = SettingsConfigDict(
        extra="ignore", secrets_dir=SECRETS_DIR if SECRETS_DIR.is_dir() else None, env_ignore_empty=True
    )

    mode: Literal["production", "demo", "test"] = Field(
        "production", description="`demo` and `test` allow the demo keys and plain http; production refuses them."
    )
    secret_key: SecretStr = Field(description="Signs sessions and links. At least 50 random characters in production.")
    field_keys: SecretStr = Field(
        description="Comma-separated keys (32 characters or more each) that encrypt stored secrets; the first encrypts."
    )
    database_url: SecretStr = Field(description="PostgreSQL, e.g. postgresql://user:password@host:5432/escola")
    redis_url: SecretStr = Field(description="Redis or Valkey, e.g. redis://host:6379/0")
    base_url: AnyHttpUrl = Field(
        AnyHttpUrl("http://localhost:8000"), description="Public address; links in mails and allowed host come from it."
    )
    allowed_hosts: str = Field("", description="Further host names, comma-separated.")
    var: Path = Field(Path("var"), description="Folder for attachments, audit anchors and the demo's engines.")
    media_root: Path | None = Field(None, description="Folder for attachments; default VAR/media.")
    static_root: Path | None = Field(
        None, description="Folder collected static files are served from; default VAR/static."
    )
    audit_anchor: Path | None = Field(
        None,
        description="Append-only file outside the database that proves the log's tail; default VAR/audit/anchor.log.",
    )
    status_dir: Path | None = Field(
        None, description="Folder the copy of the public status page is written to; default VAR/status."
    )
    offline_dir: Path | None = Field(
        None, description="Folder of the offline kits, which hold phone numbers; default VAR/offline."
    )
    email_url: str = Field(
        "",
        description="smtp://user:password@host:587?tls=1; empty writes mails as files below VAR/mail (not production).",
    )
    email_from: str = Field("Escola IM <incident@localhost>", description="Sender of our mails.")
    email_replies: str = Field(
        "",
        description="Mailbox whose replies answer calls, such as incident@im.example; its mails go to "
        "`manage.py receive_mail`. Empty: mails carry no address for replies.",
    )
    sms_url: SecretStr = Field(
        SecretStr(""),
        description="twilio://SID:TOKEN@api.twilio.com/?from=+41791234567; `log:` only notes each; empty is no SMS.",
    )
    vapid_key: SecretStr = Field(
        SecretStr(""), description="Private key for web push (`manage.py vapid_key` prints one); empty is no push."
    )
    sentry_dsn: SecretStr = Field(
        SecretStr(""), description="Where this product reports its own errors; empty is nowhere."
    )
    heartbeat_url: SecretStr = Field(
        SecretStr(""), description="Asked every minute while nothing is late; a watch outside alarms when that stops."
    )
    trust_proxy: bool = Field(False, description="Believe X-Forwarded-Proto and -For; only behind our own proxy.")
    drill_at: str = Field(
        "tue 10",
        description="Weekday and hour (Europe/Zurich) of the weekly reachability drill; `off` for none.",
    )
    hook_max_bytes: int = Field(1_048_576, ge=1024, description="Largest webhook body taken in, bytes.")
    attachment_max_bytes: int = Field(20_971_520, ge=1024, description="Largest attachment, bytes.")
    attachment_max_count: int = Field(50, ge=1, description="Most attachments on one incident.")
    web_statement_timeout_ms: int = Field(5000, ge=100, description="Longest database statement of a web request.")
    clock_file: Path | None = Field(None, description="File with the instant tests run at; refused in production.")
    outbound_allow_private: bool = Field(
        False, description="Let pollers reach private addresses (tests and demo stubs); refused in production."
    )
    log_format: Literal["json", "console"] = Field("json", description="How log lines are written.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Quietest level written.")
    debug: bool = Field(False, description="Tracebacks in the browser and /styleguide/; refused in production.")

    @field_validator("field_keys")
    @classmethod
    def _keys_are_long(cls, value: SecretStr) -> SecretStr:
        keys = [key.strip() for key in value.get_secret_value().split(",") if key.strip()]
        if not keys or any(len(key) < 32 for key in keys):
            raise ValueError("expected one or more keys of at least 32 characters, separated by commas")
        return value

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError("expected an address that begins with postgresql://")
        return value

    @field_validator("email_replies")
    @classmethod
    def _is_a_mailbox(cls, value: str) -> str:
        local, at, host = value.partition("@")
        if value and not (at and host and local.isascii() and local and len(local) <= 12 and "+" not in local):
            raise ValueError("expected one address without +, at most 12 characters before the @")
        return value

    @field_validator("sms_url")
    @classmethod
    def _is_a_provider(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and text != "log:" and not (text.startswith("twilio://") and "from=" in text and "@" in text):
            raise ValueError("expected log: or twilio://SID:TOKEN@host/?from=+41791234567")
        return value

    @field_validator("vapid_key")
    @classmethod
    def _is_a_key(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not re.fullmatch(r"[A-Za-z0-9_-]{43}", value.get_secret_value()):
            raise ValueError("expected what `manage.py vapid_key` prints, 43 characters")
        return value

    @field_validator("drill_at")
    @classmethod
    def _is_a_weekday_and_an_hour(cls, value: str) -> str:
        if value != "off" and not re.fullmatch(rf"({'|'.join(WEEKDAYS)}) ([01]?\d|2[0-3])", value):
            raise ValueError("expected a weekday and an hour, e.g. tue 10, or off")
        return value

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("redis://", "rediss://", "redis+socket://")):
            raise ValueError("expected an address that begins with redis:// or rediss://")
        return value

    @model_validator(mode="after")
    def _production_is_safe(self) -> Self:
        if self.mode != "production":
            return self
        problems = []
        keys = [self.secret_key.get_secret_value(), *self.field_keys.get_secret_value().split(",")]
        if any(key.strip().startswith(DEMO_PREFIX) for key in keys):
            problems.append("SECRET_KEY or FIELD_KEYS is the demo's: set your own")
        if len(self.secret_key.get_secret_value()) < 50:
            problems.append("SECRET_KEY has fewer than 50 characters")
        if self.base_url.scheme != "https":
            problems.append("BASE_URL must begin with https://")
        if not self.email_url:
            problems.append("EMAIL_URL is missing")
        problems += [
            f"{name.upper()} is for tests and demos only"
            for name in ("clock_file", "outbound_allow_private", "debug")
            if getattr(self, name)
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self


def join_running_demo() -> None:
    """Takes over the settings of the demo that runs below VAR, where this process was given none of its own."""
    path = Path(os.environ.get("VAR") or "var") / RUNNING_ENV
    if "DATABASE_URL" in os.environ or "MODE" in os.environ or not path.is_file():
        return
    for line in path.read_text().splitlines():
        name, _, value = line.partition("=")
        os.environ[name] = value


def read_env() -> Env:
    """The environment, or an end of the process with one line per wrong or missing variable."""
    try:
        return Env()  # type: ignore[call-arg]
    except ValidationError as error:
        lines = []
        for problem in error.errors():
            name = str(problem["loc"][0]).upper() if problem["loc"] else "MODE=production"
            lines.append(f"  {name}: {problem['msg'].removeprefix('Value error, ')}")
        sys.exit("Escola IM cannot start; the settings need attention (see docs/settings.md):\n" + "\n".join(lines))
