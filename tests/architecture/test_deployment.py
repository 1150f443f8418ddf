"""docker-compose.yml, the settings and the documented table say the same."""

import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

from escola_im.env import Env
from tests import warm
from tests.architecture.house import ROOT
from tools import make_secrets

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = ["migrate", "web", "worker", "beat"]
SERVICES = COMPOSE["services"]
FIELDS = {name.upper(): field for name, field in Env.model_fields.items()}


@pytest.mark.parametrize("name", OURS)
def test_every_required_setting_is_given_as_value_or_secret_and_none_is_invented(name: str) -> None:
    given = set(SERVICES[name]["environment"]) | {secret.upper() for secret in SERVICES[name]["secrets"]}
    required = {field for field, info in FIELDS.items() if info.is_required()} | {"BASE_URL", "EMAIL_URL"}
    assert required <= given
    assert given <= set(FIELDS)


@pytest.mark.parametrize("name", OURS)
def test_our_containers_can_change_nothing_but_their_own_files(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["user"].split(":")[0] not in {"", "0", "root"}
    assert service["cap_drop"] == ["ALL"]
    assert service["tmpfs"]


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_every_lasting_service_says_whether_it_is_well_and_comes_back(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_only_the_proxy_is_reachable_from_outside_and_the_stores_not_even_from_it() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["inside"]


def test_the_proxy_serves_the_copy_of_the_status_page_while_web_is_away() -> None:
    proxy = SERVICES["proxy"]
    assert "status:/srv/status:ro" in proxy["volumes"]
    assert proxy["depends_on"]["web"]["condition"] == "service_started"
    written = [volume.split(":")[1] for volume in SERVICES["worker"]["volumes"] if volume.startswith("status:")]
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "VAR=/var/lib/escola" in dockerfile
    assert written == ["/var/lib/escola/status"]  # settings.STATUS_DIR below VAR
    caddy = (ROOT / "Caddyfile").read_text()
    assert caddy.count("import status_copy") == 2  # web is unwell, and web does not answer
    assert "root * /srv/status" in caddy


def test_the_broker_never_throws_messages_away() -> None:
    assert "--maxmemory-policy noeviction" in SERVICES["redis"]["command"][-1]


def test_every_volume_and_secret_in_use_is_declared() -> None:
    volumes = {str(volume).split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    secrets = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}
    assert {volume for volume in volumes if not volume.startswith(".")} == set(COMPOSE["volumes"])
    assert secrets == set(COMPOSE["secrets"])


def test_the_procfile_and_compose_run_the_same_programs() -> None:
    procfile = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    for name in ("worker", "beat"):
        assert f"-A escola_im.celery {name}" in procfile[name]
        assert "escola_im.celery" in " ".join(SERVICES[name]["command"])
    assert "gunicorn escola_im.wsgi:application" in procfile["web"]
    assert '["gunicorn", "escola_im.wsgi:application"]' in (ROOT / "Dockerfile").read_text()


@pytest.fixture
def production_env(tmp_path: Path) -> dict[str, str]:
    """What a web container of the compose file sees, secrets included."""
    assert make_secrets.make(tmp_path / "secrets") == ["email_url"]
    values = {path.name.upper(): path.read_text() for path in (tmp_path / "secrets").iterdir()}
    values["EMAIL_URL"] = "smtp://mail.example.ch:587?tls=1"
    compose = {key: value for key, value in SERVICES["web"]["environment"].items() if "${" not in value}
    clean = {name: value for name, value in os.environ.items() if name not in {*FIELDS, "DJANGO_ALLOW_ASYNC_UNSAFE"}}
    return {**clean, **compose, **values, "BASE_URL": "https://incidents.example.ch", "VAR": str(tmp_path)}


def test_the_compose_file_makes_a_production_django_calls_safe(production_env: dict[str, str], tmp_path: Path) -> None:
    said = tmp_path / "said"
    check = warm.start("django", "check", "--deploy", "--fail-level", "WARNING", env=production_env, log=said)
    check.join(60)
    assert check.exitcode == 0, said.read_text()


def test_docker_itself_accepts_the_file() -> None:
    docker = shutil.which("docker")
    usable = docker and subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0
    if not usable:
        pytest.skip("docker compose is not installed here; the tests above read the file without it")
    done = subprocess.run(
        [str(docker), "compose", "config", "--quiet"],
        cwd=ROOT,
        env={**os.environ, "DOMAIN": "incidents.example.ch"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_table_of_settings_is_up_to_date() -> None:
    call_command("settings_table", "--check", stdout=io.StringIO())
