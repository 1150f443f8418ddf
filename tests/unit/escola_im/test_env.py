from collections.abc import Callable

import pytest

from escola_im.env import Env, read_env

GOOD = {
    "MODE": "production",
    "SECRET_KEY": "s" * 50,
    "FIELD_KEYS": "k" * 32,
    "DATABASE_URL": "postgresql://user:password@host/escola",
    "REDIS_URL": "redis://host:6379/0",
    "BASE_URL": "https://incidents.example.ch",
    "EMAIL_URL": "smtp://mail.example.ch:587?tls=1",
}
Start = Callable[..., Env]


@pytest.fixture
def start_with(monkeypatch: pytest.MonkeyPatch) -> Start:
    """Read the settings from the good environment with some values changed; None takes one away."""

    def start(**changes: str | None) -> Env:
        for name in Env.model_fields:
            monkeypatch.delenv(name.upper(), raising=False)
        for name, value in {**GOOD, **changes}.items():
            if value is not None:
                monkeypatch.setenv(name, value)
        return read_env()

    return start


def test_a_complete_environment_starts(start_with: Start) -> None:
    assert start_with().mode == "production"


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEYS", "DATABASE_URL", "REDIS_URL"])
def test_a_missing_setting_stops_the_start_and_is_named(start_with: Start, name: str) -> None:
    with pytest.raises(SystemExit, match=f"{name}: Field required"):
        start_with(**{name: None})


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "sqlite:///x", "begins with postgresql://"),
        ("REDIS_URL", "amqp://x", "begins with redis://"),
        ("FIELD_KEYS", "short", "at least 32 characters"),
        ("HOOK_MAX_BYTES", "many", "HOOK_MAX_BYTES: .*integer"),
        ("MODE", "staging", "MODE: .*production"),
    ],
)
def test_a_wrong_value_is_refused_with_what_was_expected(
    start_with: Start, name: str, value: str, sentence: str
) -> None:
    with pytest.raises(SystemExit, match=sentence):
        start_with(**{name: value})


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECRET_KEY", "demo-only-" + "x" * 60, "is the demo's"),
        ("FIELD_KEYS", "k" * 32 + ", demo-only-" + "x" * 40, "is the demo's"),
        ("SECRET_KEY", "s" * 49, "fewer than 50"),
        ("BASE_URL", "http://incidents.example.ch", "must begin with https"),
        ("EMAIL_URL", "", "EMAIL_URL is missing"),
        ("CLOCK_FILE", "/tmp/clock", "CLOCK_FILE is for tests"),
        ("OUTBOUND_ALLOW_PRIVATE", "1", "OUTBOUND_ALLOW_PRIVATE is for tests"),
        ("DEBUG", "1", "DEBUG is for tests"),
    ],
)
def test_production_refuses_what_only_a_demo_may_have(start_with: Start, name: str, value: str, sentence: str) -> None:
    assert start_with(MODE="demo", **{name: value}).mode == "demo"
    with pytest.raises(SystemExit, match=sentence):
        start_with(**{name: value})
